FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=portal.settings PORTAL_DATA_DIR=/data
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
# Not manage.py, which would start servers of its own for a command that needs none.
RUN SECRET_KEY=only-for-this-step python -m django collectstatic --noinput \
    && useradd --system --no-create-home portal \
    && mkdir /status \
    && chown -R portal /data /status

USER portal
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
