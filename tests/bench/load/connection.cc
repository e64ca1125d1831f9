#include "tests/bench/load/connection.h"

#include <openssl/ssl.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "gateway/graph/head.h"

namespace kerros::bench {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Connection::Connection(net::ip::tcp::socket socket, std::shared_ptr<tls::Context> context,
                       tls::BufferPool& pool)
    : stream_(std::move(socket), std::move(context), pool), buffer_(16 * 1024) {}

net::awaitable<bool> Connection::receive() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == buffer_.size()) throw std::runtime_error("a head longer than the buffer");
  const std::size_t got = co_await stream_.read_some(MutableByteView(buffer_).subspan(end_));
  end_ += got;
  co_return got > 0;
}

net::awaitable<bool> Connection::read_head() {
  if (begin_ > 0) {  // the buffer must have room for a whole head
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  for (;;) {
    const std::string_view seen = as_text(ByteView(buffer_).first(end_));
    const std::size_t at = seen.find(kHeadEnd);
    if (at != std::string_view::npos) {
      head_.assign(seen.substr(0, at + 2));
      begin_ = at + kHeadEnd.size();
      parse();
      co_return true;
    }
    const bool more = co_await receive();
    if (!more && end_ == 0) co_return false;
    if (!more) throw std::runtime_error("the peer ended within a head");
  }
}

void Connection::parse() {
  std::string_view line(head_);
  line = line.substr(0, line.find("\r\n"));
  for (auto& word : words_) {
    const std::size_t blank = &word == &words_.back() ? line.size() : line.find(' ');
    word = line.substr(0, blank);
    line.remove_prefix(std::min(line.size(), word.size() + 1));
  }
  chunked_ = field("Transfer-Encoding").has_value();
  chunks_ = {};
  left_ = 0;
  const auto length = field("Content-Length");
  if (length) std::from_chars(length->data(), length->data() + length->size(), left_);
  if (chunked_ || left_ > buffer_.size()) {
    stream_.bulk(true);
    if (buffer_.size() < kPiece) buffer_.resize(kPiece);
  }
}

std::optional<std::string_view> Connection::field(std::string_view name) const {
  std::string_view rest(head_);
  for (rest.remove_prefix(rest.find("\r\n") + 2); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && graph::same_name(line.substr(0, colon), name))
      return trim(line.substr(colon + 1));
    rest.remove_prefix(line.size() + 2);
  }
  return std::nullopt;
}

ByteView Connection::take(std::size_t size) {
  const auto piece = ByteView(buffer_).subspan(begin_, size);
  begin_ += size;
  return piece;
}

net::awaitable<ByteView> Connection::read_piece() {
  while (chunked_ ? !chunks_.done() : left_ > 0) {
    if (begin_ == end_ && !co_await receive())
      throw std::runtime_error("the peer ended within a body");
    if (!chunked_) {
      const auto size = std::min<std::uint64_t>(left_, end_ - begin_);
      left_ -= size;
      co_return take(static_cast<std::size_t>(size));
    }
    const auto step =
        chunks_.take(ByteView(buffer_).subspan(begin_, end_ - begin_), buffer_.size());
    if (!step) throw std::runtime_error(step.error().detail);
    begin_ += step->consumed;
    if (!step->body.empty()) co_return step->body;
    if (step->consumed > 0) continue;
    const auto rest = take(end_ - begin_);  // a line that is not yet whole
    end_ = static_cast<std::size_t>(std::copy(rest.begin(), rest.end(), buffer_.begin()) -
                                    buffer_.begin());
    begin_ = 0;
    if (!co_await receive()) throw std::runtime_error("the peer ended within a body");
  }
  co_return ByteView();
}

net::awaitable<std::uint64_t> Connection::drop_body() {
  std::uint64_t length = 0;
  for (;;) {
    const ByteView piece = co_await read_piece();
    if (piece.empty()) co_return length;
    length += piece.size();
  }
}

net::awaitable<std::string> Connection::read_text() {
  std::string text;
  for (;;) {
    const ByteView piece = co_await read_piece();
    if (piece.empty()) co_return text;
    text += as_text(piece);
  }
}

net::awaitable<void> Connection::write(std::string_view head, ByteView body) {
  if (body.size() > buffer_.size()) stream_.bulk(true);
  co_await stream_.write_more(as_bytes(head));
  co_await stream_.write(body);
}

std::shared_ptr<tls::Context> pinned_suite(std::shared_ptr<tls::Context> context) {
  SSL_CTX* native = context->native();
  if (SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(native, "TLS_AES_256_GCM_SHA384") != 1)
    throw std::runtime_error("no TLS 1.3 with TLS_AES_256_GCM_SHA384");
  return context;
}

void settle(int processor) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  if (processor < 0) return;
  cpu_set_t wanted;
  CPU_ZERO(&wanted);
  CPU_SET(static_cast<unsigned>(processor), &wanted);
  if (::sched_setaffinity(0, sizeof wanted, &wanted) != 0)
    throw std::runtime_error("no processor " + std::to_string(processor));
}

}  // namespace kerros::bench
