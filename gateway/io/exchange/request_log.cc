#include "gateway/io/exchange/request_log.h"

#include <spdlog/spdlog.h>

#include "crypto/random.h"

namespace kerros::io {

std::string new_request_id() {
  std::array<std::uint8_t, 16> id{};
  crypto::fill_random(id);
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0f) | 0x40);  // RFC 9562 version 4
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3f) | 0x80);
  std::string text = to_hex(id);
  for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, "-");
  return text;
}

void log_request(const Exchange& x) {
  const auto took = now_ms() - x.started_ms;
  spdlog::info(
      "request id={}{}{} peer={} method={} route=\"{}\" decision={} status={} body={} ms={}{}{}",
      x.request_id,
      x.outer == nullptr ? "" : " batch=", x.outer == nullptr ? "" : x.outer->request_id,
      x.client.peer(), graph::name(x.head.method),
      x.route.pattern.empty() ? "none" : x.route.pattern, x.decision, x.status,
      x.client.body_read(), took, x.refusal_detail.empty() ? "" : " why=",
      x.refusal_detail.empty() ? "" : "\"" + x.refusal_detail + "\"");
}

}  // namespace kerros::io
