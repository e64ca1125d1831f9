#include "tools/sandbox/replies.h"

#include "tools/sandbox/encoding.h"

namespace kerros::sandbox {
namespace {

constexpr const char* kJsonType =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;"
    "charset=utf-8";

void add_retry_after(Exchange& exchange, const nlohmann::json& value, Reply& reply) {
  if (!value.contains("retry_after") || value["retry_after"].is_null()) return;
  const nlohmann::json& after = value["retry_after"];
  if (after == "http-date") {
    reply.set("Retry-After", http_date(exchange.cloud.clock.now_ms() + 2000));
  } else {
    reply.set("Retry-After", after.is_string() ? after.get<std::string>() : after.dump());
  }
}

Refusal refusal_for(unsigned status) {
  switch (status) {
    case 423:
      return {423, "resourceLocked", "The resource you are attempting to access is locked"};
    case 429:
      return {429, "activityLimitReached", "The request has been throttled", "throttledRequest"};
    case 503:
      return {503, "serviceNotAvailable", "The service is temporarily unavailable"};
    case 507:
      return {507, "quotaLimitReached", "Insufficient storage"};
    default:
      return {status, "generalException", "General exception while processing"};
  }
}

}  // namespace

Reply empty_reply(unsigned status) {
  Reply reply;
  reply.status = status;
  return reply;
}

Reply json_reply(Exchange& exchange, unsigned status, const Json& body) {
  Reply reply = empty_reply(status);
  reply.set("Content-Type", kJsonType);
  reply.set("Cache-Control", "no-store, no-cache");
  add_request_ids(exchange, reply);
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

void add_request_ids(Exchange& exchange, Reply& reply) {
  reply.set("Date", http_date(exchange.cloud.clock.now_ms()));
  reply.set("request-id", exchange.request_id);
  reply.set("client-request-id",
            exchange.head.find("client-request-id").value_or(exchange.request_id));
}

Reply error_reply(Exchange& exchange, const Refusal& refusal, bool on_tenant) {
  Json inner = Json::object();
  if (!refusal.inner.empty()) inner["code"] = refusal.inner;
  inner["date"] = iso_time(exchange.cloud.clock.now_ms()).substr(0, 19);
  inner["request-id"] = exchange.request_id;
  inner["client-request-id"] =
      exchange.head.find("client-request-id").value_or(exchange.request_id);
  const Json body = {{"error",
                      {{"code", refusal.code},
                       {"message", refusal.what()},
                       {on_tenant ? "innererror" : "innerError", inner}}}};
  Reply reply = json_reply(exchange, refusal.status, body);
  if (refusal.status == 401) {
    reply.set("WWW-Authenticate",
              "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/"
              "oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"" +
                  std::string(refusal.inner == "expiredToken" ? ", error=\"expired_token\"" : "") +
                  std::string(on_tenant ? ", Basic realm=\"\"" : ""));
  }
  return reply;
}

std::optional<Reply> reply_by_switch(Exchange& exchange, bool on_tenant) {
  if (const auto value = exchange.switched("throttle")) {
    const unsigned status = value->is_object() ? value->value("status", 429U) : 429U;
    Reply reply = error_reply(exchange, refusal_for(status), on_tenant);
    if (value->is_object()) add_retry_after(exchange, *value, reply);
    return reply;
  }
  if (const auto value = exchange.switched("fail")) {
    const unsigned status = value->is_number() ? value->get<unsigned>() : 500U;
    return error_reply(exchange, refusal_for(status), on_tenant);
  }
  if (exchange.switched("cae")) {
    Reply reply = error_reply(exchange,
                              {403, "InvalidAuthenticationToken",
                               "Continuous access evaluation resulted in "
                               "challenge"},
                              on_tenant);
    reply.status = 401;
    const std::string claims =
        base64(R"({"access_token":{"nbf":{"essential":true,"value":"1604106651"}}})");
    reply.set("WWW-Authenticate",
              "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/"
              "oauth2/authorize\", error=\"insufficient_claims\", claims=\"" +
                  claims + "\"");
    return reply;
  }
  return std::nullopt;
}

void spoil_effective(Exchange& exchange, Reply& reply, bool on_tenant) {
  const auto value = exchange.switched("5xx.effective");
  if (!value) return;
  const unsigned status = value->is_number() ? value->get<unsigned>() : 503U;
  reply = error_reply(exchange, refusal_for(status), on_tenant);
}

}  // namespace kerros::sandbox
