# The console for production: web, worker, beat and the migrations run from this one image.
FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/base.txt

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin opsconsole
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/opsconsole
COPY manage.py ./
COPY opsconsole opsconsole
COPY audit audit
COPY accounts accounts
COPY tenants tenants
COPY grants grants
COPY impersonation impersonation
COPY templates templates
COPY static static
COPY policy policy
COPY docs/verify_log.py docs/verify_log.py
COPY tools/probe.py tools/probe.py
# collectstatic reads settings and no database; the values exist in this one step only.
RUN DATABASE_URL=postgresql://build@127.0.0.1:1/build REDIS_URL=redis://127.0.0.1:1/0 \
    OPSCONSOLE_SECRET_KEY=only-while-the-image-is-built-0123456789-0123456789 \
    python manage.py collectstatic --noinput --verbosity 0
USER opsconsole
EXPOSE 8000
CMD ["gunicorn", "opsconsole.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "3", \
     "--threads", "4", "--preload", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
