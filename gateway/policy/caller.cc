#include "gateway/policy/caller.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/derive.h"
#include "crypto/secret.h"
#include "gateway/graph/head.h"

namespace kerros::policy {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestPayload = 64 * 1024;  // real ones have a few KiB
constexpr std::size_t kLongestClaim = 256;
constexpr std::size_t kOpaqueBytes = 8;

std::optional<std::uint32_t> base64url_value(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
  if (c == '-') return 62;
  if (c == '_') return 63;
  return std::nullopt;
}

std::optional<std::string> from_base64url(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto value = base64url_value(c);
    if (!value) return std::nullopt;
    bits = (bits << 6 | *value) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>(bits >> held & 0xff));
  }
  return out;
}

// The middle part of a compact JWS; null when the token is none.
Json payload_of(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return nullptr;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return nullptr;
  if (token.find('.', second + 1) != std::string_view::npos) return nullptr;
  const std::string_view middle = token.substr(first + 1, second - first - 1);
  if (middle.size() > kLongestPayload) return nullptr;
  const auto text = from_base64url(middle);
  if (!text) return nullptr;
  Json payload = Json::parse(*text, nullptr, false);
  return payload.is_object() ? payload : Json(nullptr);
}

// Claims end up in logs and tables: what could break a line there counts as absent.
std::string claim(const Json& payload, const char* name) {
  const auto found = payload.find(name);
  if (found == payload.end() || !found->is_string()) return {};
  const auto& text = found->get_ref<const std::string&>();
  const bool plain = text.size() <= kLongestClaim && std::ranges::none_of(text, [](char c) {
                       const auto octet = static_cast<unsigned char>(c);
                       return octet < 0x20 || octet == 0x7f;
                     });
  return plain ? text : std::string();
}

std::string actor_of(const Json& payload, const std::string& oid) {
  for (const char* name : {"upn", "preferred_username", "unique_name"})
    if (std::string user = claim(payload, name); !user.empty()) return user;
  std::string app = claim(payload, "appid");
  if (app.empty()) app = claim(payload, "azp");
  const bool delegated = payload.contains("scp");
  if (!delegated && !app.empty()) return "app:" + app;
  return oid.empty() ? std::string() : "user:" + oid;
}

std::string_view bearer_token(std::string_view authorization) {
  const std::size_t blank = authorization.find(' ');
  if (blank == std::string_view::npos ||
      !graph::same_name(authorization.substr(0, blank), "bearer"))
    return authorization;  // another scheme: opaque as a whole
  authorization.remove_prefix(blank);
  authorization.remove_prefix(std::min(authorization.size(), authorization.find_first_not_of(' ')));
  return authorization;
}

}  // namespace

Caller read_caller(std::optional<std::string_view> authorization, ByteView hash_key) {
  Caller caller;
  caller.actor = "anonymous";
  if (!authorization || authorization->empty()) return caller;
  const std::string_view token = bearer_token(*authorization);
  caller.has_token = true;
  caller.token_hash = crypto::mac(hash_key, as_bytes(token));
  caller.actor.clear();
  if (const Json payload = payload_of(token); payload.is_object()) {
    caller.oid = claim(payload, "oid");
    caller.tenant = claim(payload, "tid");
    caller.actor = actor_of(payload, caller.oid);
    const auto expires = payload.find("exp");
    if (expires != payload.end() && expires->is_number_unsigned())
      caller.expires = expires->get<std::uint64_t>();
  }
  if (caller.actor.empty())
    caller.actor = "opaque:" + to_hex(ByteView(caller.token_hash).first(kOpaqueBytes));
  return caller;
}

namespace {

void wipe(std::string& text) {
  crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

CallerMemory::~CallerMemory() { wipe(last_); }

const Caller& CallerMemory::read(std::optional<std::string_view> authorization) {
  const std::string_view field = authorization.value_or("");  // without a token as without a field
  if (known_ && field == last_) return caller_;
  caller_ = read_caller(authorization, hash_key_);
  wipe(last_);
  last_ = field;
  known_ = true;
  return caller_;
}

}  // namespace kerros::policy
