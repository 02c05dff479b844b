# 郡县 Junxian: built from the repository, run without root. `docker build -t junxian .`
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY pyproject.toml constraints.txt hatch_build.py package.json package-lock.json .npmrc README.md LICENSE NOTICE ./
COPY packaging packaging
COPY tools tools
COPY src src
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.11-slim-bookworm
# The client must not be older than the server of compose.yaml, or backups fail.
RUN apt-get update \
 && apt-get install --no-install-recommends -y postgresql-client tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin junxian \
 && install -d -o junxian -g junxian -m 0700 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH JUNXIAN_HOME=/data PYTHONUNBUFFERED=1
USER junxian
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=4 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["tini", "--", "junxian"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
