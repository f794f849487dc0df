# The Dockerfile of all our images. deploy/docker/build.sh builds them from the repository's root.

FROM python:3.11-slim-bookworm AS installed
ARG SERVICE
RUN python -m venv --without-pip /opt/venv
COPY requirements/${SERVICE}.txt /requirements.txt
RUN --mount=type=cache,target=/root/.cache/pip \
    pip --python /opt/venv/bin/python install --disable-pip-version-check \
        --require-hashes --only-binary=:all: --no-deps --requirement /requirements.txt

FROM python:3.11-slim-bookworm AS libs-code
WORKDIR /app
COPY libs libs
# The user in the container cannot read a clone that was made with umask 077.
RUN chmod -R a+rX . && python -m compileall -q .

FROM libs-code AS service-code
ARG SERVICE
COPY ${SERVICE}_service ${SERVICE}_service
RUN chmod -R a+rX . && python -m compileall -q .

FROM python:3.11-slim-bookworm AS runtime
RUN pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && groupadd --gid 10001 shipyard \
    && useradd --uid 10001 --gid shipyard --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin shipyard
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
COPY --from=installed /opt/venv /opt/venv
WORKDIR /app
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "libs.health"]

# Beside the engines: the topics job, and Flower.
FROM runtime AS core
COPY --from=libs-code /app /app
CMD ["python", "-m", "libs.kafka", "topics"]

# A service. Without a command it lists its roles.
FROM runtime AS service
ARG SERVICE
ENV SERVICE=${SERVICE}
COPY --from=service-code /app /app
CMD ["sh", "-c", "exec python -m \"${SERVICE}_service\""]
