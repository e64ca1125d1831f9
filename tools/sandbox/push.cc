// push.aspx: answers that come late. ?wait=MS holds the answer back; a WebSocket gives every
// message back as it came.
#include <openssl/sha.h>

#include <chrono>
#include <thread>

#include "tools/sandbox/connection.h"
#include "tools/sandbox/office_call.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"

namespace kerros::sandbox {
namespace {

constexpr std::uint64_t kLongestWait = 60'000;

// RFC 6455 4.2.2: proof that this is no cached answer.
std::string accept_of(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return base64({reinterpret_cast<const char*>(digest), sizeof digest});
}

// Bytes of the connection, those first that came with the head.
class Incoming {
 public:
  Incoming(Connection& connection, std::string begun)
      : connection_(connection), held_(std::move(begun)) {}

  // Empty at the end of the connection.
  std::string take(std::size_t n) {
    while (held_.size() < n) {
      char buffer[4096];
      ErrorCode error;
      const std::size_t got = connection_.read_some(net::buffer(buffer), error);
      if (error || got == 0) return {};
      held_.append(buffer, got);
    }
    std::string out = held_.substr(0, n);
    held_.erase(0, n);
    return out;
  }

 private:
  Connection& connection_;
  std::string held_;
};

// One frame of at most 64 KiB, unmasked; clients always mask. The first octet of it is its kind.
std::string next_frame(Incoming& in) {
  const std::string head = in.take(2);
  if (head.empty()) return {};
  const auto second = static_cast<unsigned char>(head[1]);
  std::size_t size = second & 0x7f;
  if (size == 126) {
    const std::string more = in.take(2);
    if (more.empty()) return {};
    size = static_cast<std::size_t>(static_cast<unsigned char>(more[0])) << 8 |
           static_cast<unsigned char>(more[1]);
  }
  if (size == 127 || (second & 0x80) == 0) return {};
  const std::string mask = in.take(4);
  std::string payload = size == 0 ? "" : in.take(size);
  if (mask.empty() || payload.size() != size) return {};
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  return head.substr(0, 1) + payload;
}

std::string to_wire(const std::string& frame) {
  const std::size_t size = frame.size() - 1;
  std::string out = frame.substr(0, 1);
  if (size < 126) {
    out.push_back(static_cast<char>(size));
  } else {
    out.push_back(126);
    out.push_back(static_cast<char>(size >> 8));
    out.push_back(static_cast<char>(size & 0xff));
  }
  return out + frame.substr(1);
}

void echo(Connection& connection, std::string begun) {
  constexpr unsigned char kClose = 8;
  Incoming in(connection, std::move(begun));
  for (;;) {
    const std::string frame = next_frame(in);
    if (frame.empty()) return;
    connection.write_all(to_wire(frame));
    if ((static_cast<unsigned char>(frame[0]) & 0x0f) == kClose) return;
  }
}

}  // namespace

Reply serve_push(OfficeCall& call) {
  if (call.exchange.head.method != "GET") {
    throw Refusal(405, "notSupported", "The method is not allowed here");
  }
  if (equal_ignoring_case(call.header("Upgrade"), "websocket")) {
    const std::string key = call.header("Sec-WebSocket-Key");
    const bool wants = lower_ascii(call.header("Connection")).find("upgrade") != std::string::npos;
    if (key.empty() || !wants || call.header("Sec-WebSocket-Version") != "13") {
      throw bad_request("The upgrade is not one of WebSocket 13");
    }
    Reply reply = empty_reply(101);
    reply.set("Upgrade", "websocket");
    reply.set("Connection", "Upgrade");
    reply.set("Sec-WebSocket-Accept", accept_of(key));
    reply.converse = echo;
    return reply;
  }
  const auto wait = parse_decimal(call.query.find("wait").value_or("0"));
  if (!wait || *wait > kLongestWait) throw bad_request("wait is not a number of milliseconds");
  std::this_thread::sleep_for(std::chrono::milliseconds(*wait));
  return json_reply(call.exchange, 200, {{"waited", *wait}});
}

}  // namespace kerros::sandbox
