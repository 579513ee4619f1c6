export { errorBody, sendError, sendJson, sendText, standardHeaders } from "./answer.js";
export { type BodyBounds, readBody } from "./body.js";
export { expectLocal, expectToken, isLoopback, newToken, sameToken } from "./guard.js";
export { HttpError } from "./httpError.js";
export { type Handler, type ListenerOptions, listenerOf, type Routes } from "./routes.js";
