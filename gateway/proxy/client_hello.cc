#include "gateway/proxy/client_hello.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "gateway/proxy/host_name.h"

namespace kerros::proxy {
namespace {

constexpr std::uint8_t kHandshakeRecord = 22;
constexpr std::uint8_t kClientHelloMessage = 1;
constexpr std::uint16_t kServerNameExtension = 0;
constexpr std::uint16_t kAlpnExtension = 16;
constexpr std::uint8_t kHostName = 0;
constexpr std::size_t kRecordHead = 5;
constexpr std::size_t kMessageHead = 4;
constexpr std::size_t kLongestRecord = (1 << 14) + 256;

// Takes fields off the front; every read fails once one has failed.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  bool failed() const { return failed_; }
  bool empty() const { return bytes_.empty(); }
  ByteView rest() const { return bytes_; }

  ByteView take(std::size_t size) {
    if (failed_ || size > bytes_.size()) {
      failed_ = true;
      return {};
    }
    const ByteView taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  std::size_t number(std::size_t octets) {
    std::size_t value = 0;
    for (const std::uint8_t octet : take(octets)) value = value << 8 | octet;
    return value;
  }
  Reader vector(std::size_t length_octets) { return Reader(take(number(length_octets))); }

 private:
  ByteView bytes_;
  bool failed_ = false;
};

struct Message {
  ClientHello::Found found;
  Bytes body;
};

// Puts the handshake message together from the records that carry it.
Message first_message(ByteView bytes) {
  using Found = ClientHello::Found;
  Bytes message;
  for (;;) {
    if (bytes.empty()) return {Found::kMore, {}};
    if (bytes[0] != kHandshakeRecord) return {Found::kNotTls, {}};
    if (bytes.size() > 1 && bytes[1] != 3) return {Found::kNotTls, {}};
    if (bytes.size() < kRecordHead) return {Found::kMore, {}};
    const std::size_t length = load_be<std::uint16_t>(bytes.subspan(3, 2));
    if (length == 0 || length > kLongestRecord) return {Found::kNotTls, {}};
    const ByteView carried =
        bytes.subspan(kRecordHead, std::min(length, bytes.size() - kRecordHead));
    message.insert(message.end(), carried.begin(), carried.end());
    if (!message.empty() && message[0] != kClientHelloMessage) return {Found::kNotTls, {}};
    if (message.size() >= kMessageHead) {
      const std::size_t body = load_be<std::uint32_t>(message) & 0xff'ffff;
      if (body > kLongestClientHello) return {Found::kNotTls, {}};
      if (message.size() >= kMessageHead + body)
        return {Found::kHello,
                Bytes(message.begin() + kMessageHead,
                      message.begin() + static_cast<std::ptrdiff_t>(kMessageHead + body))};
    }
    if (carried.size() < length) return {Found::kMore, {}};
    bytes = bytes.subspan(kRecordHead + length);
  }
}

// A list with more than one host name is refused as a whole: two readers could pick differently.
// One dot at the end is the DNS root, which some programs leave in. An address, which some send
// though none belongs there, names nobody; what is neither could be read as some other name.
bool read_server_name(Reader extension, std::string& name) {
  Reader list = extension.vector(2);
  bool named = false;
  while (!list.empty()) {
    const std::size_t type = list.number(1);
    const ByteView text = list.vector(2).rest();
    if (list.failed()) return false;
    if (type != kHostName) continue;
    if (named) return false;
    named = true;
    std::string_view host = as_text(text);
    if (host.ends_with('.')) host.remove_suffix(1);
    if (is_address_literal(host)) continue;
    if (!is_dns_name(host) || host.ends_with('.')) return false;
    name = lower(host);
  }
  return !extension.failed() && extension.empty();
}

bool read_alpn(Reader extension, std::vector<std::string>& protocols) {
  Reader list = extension.vector(2);
  while (!list.empty()) {
    const ByteView protocol = list.vector(1).rest();
    if (list.failed() || protocol.empty()) return false;
    protocols.emplace_back(as_text(protocol));
  }
  return !extension.failed() && extension.empty();
}

bool read_extensions(Reader extensions, ClientHello& hello) {
  bool seen_name = false;
  while (!extensions.empty()) {
    const std::size_t type = extensions.number(2);
    Reader extension = extensions.vector(2);
    if (extensions.failed()) return false;
    if (type == kServerNameExtension) {
      if (std::exchange(seen_name, true)) return false;
      if (!read_server_name(extension, hello.server_name)) return false;
    } else if (type == kAlpnExtension) {
      if (!read_alpn(extension, hello.alpn)) return false;
    }
  }
  return true;
}

bool read_body(Reader body, ClientHello& hello) {
  body.number(2);                              // legacy_version
  body.take(32);                               // random
  body.vector(1);                              // legacy_session_id
  const Reader suites = body.vector(2);        // cipher_suites
  const Reader compressions = body.vector(1);  // legacy_compression_methods
  if (body.failed() || suites.empty() || compressions.empty()) return false;
  if (body.empty()) return true;  // TLS 1.2 without extensions
  const Reader extensions = body.vector(2);
  return !body.failed() && body.empty() && read_extensions(extensions, hello);
}

}  // namespace

ClientHello read_client_hello(ByteView bytes) {
  using Found = ClientHello::Found;
  const Message message = first_message(bytes);
  if (message.found != Found::kHello) return {message.found, {}, {}};
  ClientHello hello{Found::kHello, {}, {}};
  if (!read_body(Reader(message.body), hello)) return {Found::kNotTls, {}, {}};
  return hello;
}

}  // namespace kerros::proxy
