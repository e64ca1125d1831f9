// Request targets of the admin socket: a path and percent-encoded options.
#include <array>

#include "gateway/admin/operations.h"

namespace kerros::admin {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool decode(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return false;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return true;
}

std::string encode(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

tl::unexpected<Error> refuse(std::string_view why) {
  return complain(ErrorCode::kMalformed, "the request cannot be understood", why,
                  "use the kerros command of the same version as the gateway");
}

}  // namespace

Result<Request> parse_request(std::string_view method, std::string_view target) {
  Request request;
  request.method = std::string(method);
  const auto question = target.find('?');
  request.path = std::string(target.substr(0, question));
  std::string_view rest =
      question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const auto equals = pair.find('=');
    std::string name;
    std::string value;
    if (equals == std::string_view::npos || !decode(pair.substr(0, equals), name) ||
        !decode(pair.substr(equals + 1), value))
      return refuse("an option is not of the form name=value");
    if (!request.query.emplace(std::move(name), std::move(value)).second)
      return refuse("an option is given twice");
  }
  return request;
}

std::string to_target(const Request& request) {
  std::string target = request.path;
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    target += separator + encode(name) + "=" + encode(value);
    separator = '&';
  }
  return target;
}

}  // namespace kerros::admin
