#include "gateway/io/wire/plain_socket.h"

#include <algorithm>

#include "crypto/bytes.h"
#include "gateway/io/sockets.h"
#include "gateway/io/wire/bad_message.h"

namespace kerros::io {

namespace {

using Socket = net::ip::tcp::socket;

constexpr std::size_t kPiece = 4096;
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kDrainLimit = 64 * 1024;
constexpr auto kDrainTime = std::chrono::seconds(2);
// Records bring their own octets: room for a longest message in pieces of some size.
constexpr std::size_t kMostPeeked = proxy::kLongestClientHello + 4096;
constexpr char kHandshakeRecord = 22;

// Whoever speaks something else than HTTP is told so before it ends its first line, if it ever
// does.
void check_head(std::string_view head, std::size_t limit) {
  if (head.size() > limit)
    throw BadMessage(BadMessage::Kind::kTooLarge, "the head is larger than the limit");
  if (!head.empty() && (head.front() < 'A' || head.front() > 'Z'))
    throw BadMessage(BadMessage::Kind::kMalformed, "this is not HTTP");
  for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1))
    if (at == 0 || head[at - 1] != '\r')
      throw BadMessage(BadMessage::Kind::kMalformed, "a line ends without CR");
}

// While less than this has come, the socket does not count as readable.
void set_least(Socket& socket, std::size_t octets) {
  const int least = static_cast<int>(octets);
  if (::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVLOWAT, &least, sizeof least) != 0)
    throw_errno("SO_RCVLOWAT");
}

// What was seen of a client's first message so far; its octets stay where they are.
class FirstWords {
 public:
  // False: the socket is readable once there is more to see.
  bool look(Socket& socket) {
    const ssize_t peeked =
        ::recv(socket.native_handle(), seen_.data(), seen_.size(), MSG_PEEK | MSG_DONTWAIT);
    if (peeked < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    if (peeked < 0) throw_errno("recv");
    const auto got = static_cast<std::size_t>(peeked);
    first_.is_tls = got > 0 && seen_.front() == kHandshakeRecord;
    if (got > 0)
      first_.hello = proxy::read_client_hello(as_bytes(std::string_view(seen_).substr(0, got)));
    if (first_.hello.found != proxy::ClientHello::Found::kMore) return true;
    if (got == had_) return true;  // the client's end
    if (got == seen_.size()) {     // longer than any that is read
      first_.hello.found = proxy::ClientHello::Found::kNotTls;
      return true;
    }
    had_ = got;
    set_least(socket, got + 1);
    return false;
  }
  PlainSocket::First& first() { return first_; }

 private:
  std::string seen_ = std::string(kMostPeeked, '\0');
  std::size_t had_ = 0;
  PlainSocket::First first_;
};

}  // namespace

PlainSocket::PlainSocket(Socket socket) : socket_(std::move(socket)), deadline_(socket_) {
  error_code ignored;
  peer_ = socket_.remote_endpoint(ignored);
  socket_.non_blocking(true, ignored);
}

std::string PlainSocket::peer() const {
  const std::string host = peer_.address().to_string();
  return (peer_.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(peer_.port());
}

void PlainSocket::reset() { cut_off(socket_); }

Socket PlainSocket::release() {
  deadline_.reset();
  return std::move(socket_);
}

net::awaitable<void> PlainSocket::wait(Socket::wait_type what) {
  error_code error = net::error::timed_out;
  if (deadline_->begin_wait()) {
    co_await socket_.async_wait(what, net::redirect_error(net::use_awaitable, error));
    deadline_->end_wait();
    if (deadline_->expired()) error = net::error::timed_out;
  }
  if (error) throw system_error(error, "wait");
}

net::awaitable<std::size_t> PlainSocket::peek(std::string& into) {
  for (;;) {
    const ssize_t got =
        ::recv(socket_.native_handle(), into.data(), into.size(), MSG_PEEK | MSG_DONTWAIT);
    if (got >= 0) co_return static_cast<std::size_t>(got);
    if (errno != EAGAIN && errno != EWOULDBLOCK) throw_errno("recv");
    co_await wait(Socket::wait_read);
  }
}

void PlainSocket::take(std::size_t size) {
  std::string gone(size, '\0');
  if (::recv(socket_.native_handle(), gone.data(), size, MSG_DONTWAIT) !=
      static_cast<ssize_t>(size))
    throw_errno("recv");
}

net::awaitable<std::string> PlainSocket::read_head(std::size_t limit) {
  std::string head;
  std::string piece(kPiece, '\0');
  for (;;) {
    const std::size_t got = co_await peek(piece);
    if (got == 0 && head.empty()) co_return head;
    if (got == 0) throw system_error(net::error::eof, "the head is cut");
    const std::size_t before = head.size();
    head.append(piece, 0, got);
    const std::size_t from = before - std::min(before, kHeadEnd.size() - 1);
    const std::size_t end = head.find(kHeadEnd, from);
    if (end != std::string::npos) head.resize(end + kHeadEnd.size());
    take(head.size() - before);
    check_head(head, limit);
    if (end != std::string::npos) co_return head;
  }
}

net::awaitable<PlainSocket::First> PlainSocket::peek_client_hello() {
  FirstWords words;
  while (!words.look(socket_)) co_await wait(Socket::wait_read);
  set_least(socket_, 1);
  co_return words.first();
}

net::awaitable<PlainSocket::First> peek_client_hello(Socket& socket) {
  FirstWords words;
  while (!words.look(socket)) co_await socket.async_wait(Socket::wait_read, net::use_awaitable);
  set_least(socket, 1);
  co_return words.first();
}

net::awaitable<void> PlainSocket::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t put =
        ::send(socket_.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put >= 0)
      text.remove_prefix(static_cast<std::size_t>(put));
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
      co_await wait(Socket::wait_write);
    else
      throw_errno("send");
  }
}

net::awaitable<void> PlainSocket::finish() {
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  expires_after(kDrainTime);
  std::string rest(kPiece, '\0');
  for (std::size_t total = 0; total < kDrainLimit;) {
    const std::size_t got = co_await peek(rest);
    if (got == 0) break;
    take(got);
    total += got;
  }
}

}  // namespace kerros::io
