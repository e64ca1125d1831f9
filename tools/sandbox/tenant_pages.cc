#include "tools/sandbox/tenant_pages.h"

#include "tools/sandbox/item_json.h"
#include "tools/sandbox/pages.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/renditions.h"
#include "tools/sandbox/replies.h"

namespace kerros::sandbox {
namespace {

Refusal unauthenticated(bool expired) {
  return {401, "unauthenticated", "The caller is not authenticated.",
          expired ? "expiredToken" : ""};
}

std::string bytes_for(Exchange& exchange, const nlohmann::json& claims) {
  Store& store = exchange.cloud.store;
  const auto lock = store.lock();
  const Item* item =
      store.item(claims.at("d").get<std::string>(), claims.at("i").get<std::string>());
  if (item == nullptr || item->folder) throw item_not_found();
  return first_bytes(store, *item);
}

Reply page(Exchange& exchange, const std::string& type, std::string body) {
  Reply reply;
  add_request_ids(exchange, reply);
  reply.set("Content-Type", type);
  reply.body = std::move(body);
  return reply;
}

}  // namespace

nlohmann::json check_tempauth(Exchange& exchange, const Query& query, const std::string& use) {
  const CheckedToken token =
      exchange.cloud.tokens.check_tempauth(query.find_raw("tempauth").value_or(""));
  if (token.state == TokenState::kExpired) throw unauthenticated(true);
  if (token.state == TokenState::kForeign || token.claims.value("use", "") != use) {
    throw unauthenticated(false);
  }
  if (exchange.strict() && exchange.head.find("Authorization")) throw unauthenticated(false);
  return token.claims;
}

Reply thumbnail_page(Exchange& exchange, const Query& query) {
  const auto claims = check_tempauth(exchange, query, "thumbnail");
  return page(exchange, "image/png", picture_of(bytes_for(exchange, claims)));
}

Reply transform_page(Exchange& exchange, const Query& query) {
  const std::string format = query.find("format").value_or("");
  const auto claims = check_tempauth(exchange, query, "transform " + format);
  const std::string bytes = bytes_for(exchange, claims);
  if (format == "pdf") return page(exchange, "application/pdf", pdf_of(bytes));
  if (format == "html") return page(exchange, "text/html", html_of(bytes));
  return page(exchange, "image/png", picture_of(bytes));
}

Reply preview_page(Exchange& exchange, const Query& query) {
  const auto claims = check_tempauth(exchange, query, "preview");
  return page(exchange, "text/html", html_of(bytes_for(exchange, claims)));
}

}  // namespace kerros::sandbox
