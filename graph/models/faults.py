"""One reading of what chat model integrations raise, whatever their library: our error types."""

from __future__ import annotations

from graph.errors import ModelBusy, ModelError, ModelMisconfigured, ModelRefused, ModelUnavailable


def as_model_error(fault: Exception) -> ModelError:
    """Tell which reaction an integration's failure asks for.

    Integrations carry the HTTP status as `status_code`, on the exception or on its `response`.
    """
    status = getattr(fault, "status_code", None)
    if status is None:
        status = getattr(getattr(fault, "response", None), "status_code", None)
    detail = f"{type(fault).__name__} (status {status})"
    if status == 429:
        return ModelBusy(detail)
    if status in (401, 402, 403, 404):
        return ModelMisconfigured(detail)
    if status in (400, 413, 422):
        return ModelRefused(detail, message="The language model's service refused this request.")
    return ModelUnavailable(detail)
