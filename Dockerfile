# syntax=docker/dockerfile:1
# The image of the service: `make image` builds it as financial-agent/backend:<version>.
FROM python:3.12-slim AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
# Dependencies first, from the project file alone: a change of the code does not install them again.
COPY pyproject.toml constraints.txt ./
RUN python -m venv /app/venv \
 && python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > requirements.txt \
 && /app/venv/bin/pip install -c constraints.txt -r requirements.txt
COPY README.md NOTICE ./
COPY graph graph
COPY server server
COPY prompts prompts
RUN /app/venv/bin/pip install --no-deps . \
 && /app/venv/bin/pip check \
 && /app/venv/bin/pip uninstall --yes pip \
 && /app/venv/bin/python -m compileall -q /app/venv/lib

FROM python:3.12-slim
LABEL org.opencontainers.image.title="financial-agent" \
      org.opencontainers.image.description="A financial analyst whose every figure is checked against its data"
RUN useradd --no-create-home --home-dir /data --uid 10001 analyst && install -d -o analyst -g analyst /data
COPY --from=build /app/venv /app/venv
COPY NOTICE /app/NOTICE
# By number: Kubernetes can then see that it is not root.
USER 10001:10001
WORKDIR /data
ENV PATH=/app/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LANGGRAPH_STRICT_MSGPACK=true \
    FINANCIAL_AGENT_HOST=0.0.0.0 \
    FINANCIAL_AGENT_AUTH=api-key \
    FINANCIAL_AGENT_RECEIPT_KEY_FILE=/data/receipt.key \
    FINANCIAL_AGENT_PORT=8000 \
    FINANCIAL_AGENT_STORE_URL=sqlite:////data/sessions.db
# The only place that is written to; the rest works on a read-only root filesystem.
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD \
  ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/api/health/ready', timeout=2)"]
ENTRYPOINT ["financial-agent"]
CMD ["serve"]
