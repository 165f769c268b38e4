// Requests to the server; a refusal is an error that carries the server's own sentence.

import { has, t } from "./i18n.js";

/** A refusal of the server, or no answer at all (`status` 0). */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {Record<string, any>} problem
   * @param {number | null} retryAfter seconds
   */
  constructor(status, problem, retryAfter = null) {
    super(say(problem.code, problem.detail));
    this.status = status;
    this.code = problem.code ?? "";
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** Say what failed in the reader's language where its code is known. @param {string} [code] @param {string} [sentence] */
export function say(code, sentence) {
  if (code && has(`error.${code}`)) return t(`error.${code}`);
  return sentence || t("error.unknown");
}

export const SIGN_IN = "/api/sign-in";

/** @typedef {{auth: string, caller: string, name: string, key_id: string | null, by: string, until: string | null}} Who */
/** Who is signed in, and how often somebody has signed in on this page. @type {{now: Who | null, times: number}} */
export const who = { now: null, times: 0 };
/** @type {Promise<void> | null} */
let signing = null;

/** Wait until somebody has signed in. @param {AbortSignal | null} [signal] */
function signIn(signal) {
  signing ??= import("./later/sign-in.js")
    .then(({ signIn }) => signIn(who.now), () => Promise.reject(new Refusal(0, { code: "unreachable" })))
    .then((now) => void Object.assign(who, { now, times: who.times + 1 }))
    .finally(() => (signing = null));
  const left = new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));
  return Promise.race([signing, left]);
}

/**
 * Give a response that is ok. A request that nobody known makes waits until somebody has signed in, and is made again.
 * @param {string} url
 * @param {RequestInit} [options]
 */
export async function open(url, options) {
  for (;;) {
    const { times } = who;
    try {
      return await ask(url, options);
    } catch (fault) {
      if (!(fault instanceof Refusal && fault.status === 401) || document.body.dataset.auth === "none") throw fault;
      if (times === who.times) await signIn(options?.signal);
    }
  }
}

/**
 * Give a response that is ok.
 * @param {string} url
 * @param {RequestInit} [options]
 */
export async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (fault) {
    if (options?.signal?.aborted) throw fault;
    throw new Refusal(0, { code: "unreachable" });
  }
  if (response.ok) return response;
  const after = Number(response.headers.get("Retry-After"));
  const problem = await response.json().catch(() => ({ code: "unreadable" }));
  throw new Refusal(response.status, problem, after > 0 ? after : null);
}

/**
 * @param {string} method
 * @param {string} url
 * @param {any} [body]
 * @returns {Promise<any>} the JSON answer; null when there is no body
 */
export async function call(method, url, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await open(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  return response.status === 204 ? null : response.json();
}

/** @param {string} url */
export const get = (url) => call("GET", url);

/** @param {string} id */
export const sessionUrl = (id) => `/api/sessions/${encodeURIComponent(id)}`;
