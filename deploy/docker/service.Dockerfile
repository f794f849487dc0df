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

FROM libs-code AS operator-code
COPY order_service order_service
COPY assembly_service assembly_service
COPY notification_service notification_service
COPY deploy/__init__.py deploy/
COPY deploy/shipyard deploy/shipyard
COPY deploy/local/__init__.py deploy/local/errors.py deploy/local/
COPY deploy/local/configuration/__init__.py deploy/local/configuration/environment.py \
    deploy/local/configuration/folders.py deploy/local/configuration/passwords.py \
    deploy/local/configuration/ports.py deploy/local/configuration/roles.py deploy/local/configuration/
COPY deploy/local/engines/__init__.py deploy/local/engines/engine.py deploy/local/engines/files.py deploy/local/engines/
RUN printf '#!/opt/venv/bin/python\nfrom deploy.shipyard.__main__ import main\n\nmain()\n' >/usr/local/bin/shipyard \
    && chmod 755 /usr/local/bin/shipyard \
    && chmod -R a+rX . && python -m compileall -q .

# The command line. Without a command it lists its commands.
FROM runtime AS operator
ENV PYTHONPATH=/app
COPY --from=operator-code /usr/local/bin/shipyard /usr/local/bin/shipyard
COPY --from=operator-code /app /app
CMD ["shipyard", "--help"]

# A service. Without a command it lists its roles.
FROM runtime AS service
ARG SERVICE
ENV SERVICE=${SERVICE}
COPY --from=service-code /app /app
CMD ["sh", "-c", "exec python -m \"${SERVICE}_service\""]
