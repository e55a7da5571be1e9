# The dashboard as a container: docs/scale.md says how to run it.
FROM python:3.13-slim

WORKDIR /dashboard
COPY requirements.lock pyproject.toml README.md ./
RUN python -m pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements.lock
COPY . .
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && useradd --uid 1000 dashboard && mkdir --parents data && chown dashboard data

USER dashboard
VOLUME /dashboard/data
EXPOSE 8501
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8501/_stcore/health', timeout=4)"]
CMD ["qs133", "serve", "--address", "0.0.0.0"]
