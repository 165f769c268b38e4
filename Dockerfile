# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
WORKDIR /app
RUN python -m venv /app/venv
COPY pyproject.toml constraints.txt README.md ./
COPY graph graph
COPY server server
COPY prompts prompts
RUN /app/venv/bin/pip install --no-cache-dir -c constraints.txt . \
 && /app/venv/bin/python -m compileall -q /app/venv/lib

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 analyst && install -d -o analyst /data
COPY --from=build /app/venv /app/venv
USER analyst
ENV PATH=/app/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LANGGRAPH_STRICT_MSGPACK=true \
    FINANCIAL_AGENT_HOST=0.0.0.0 \
    FINANCIAL_AGENT_AUTH=api-key \
    FINANCIAL_AGENT_RECEIPT_KEY_FILE=/data/receipt.key \
    FINANCIAL_AGENT_STORE_URL=sqlite:////data/sessions.db
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD \
  ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/api/health/ready', timeout=2)"]
CMD ["financial-agent", "serve"]
