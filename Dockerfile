# Один образ для API, работника и миграций: что запускать, говорит docker-compose.yml.
# На машинах, где это собирали, Docker нет: сборка образа не испытана.

# The Python that the tests run on.
FROM python:3.11.15-slim-trixie AS packages
COPY requirements.lock .
# The environment has no pip of its own: nothing is installed into a running container.
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install \
        --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.lock

FROM python:3.11.15-slim-trixie
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin seo
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY alembic.ini worker.py verify.py ./
COPY models models
COPY clients clients
COPY reports reports
COPY activities activities
COPY workflows workflows
COPY api api
COPY templates templates
COPY static static
COPY migrations migrations
USER seo
CMD ["python", "-m", "worker"]
