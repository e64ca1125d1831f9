#include "gateway/io/wire/inner_client.h"

#include <algorithm>

namespace kerros::io {

InnerClient::InnerClient(std::string peer, ByteView body, std::size_t& room)
    : peer_(std::move(peer)),
      body_(body),
      framing_{body.empty() ? graph::Framing::Kind::kNone : graph::Framing::Kind::kLength,
               body.size()},
      room_(room) {}

net::awaitable<std::size_t> InnerClient::read_body(MutableByteView into) {
  const std::size_t got = std::min(into.size(), body_.size() - read_);
  std::ranges::copy(body_.subspan(read_, got), into.begin());
  read_ += got;
  co_return got;
}

net::awaitable<std::optional<std::string>> InnerClient::collect_body(std::size_t limit) {
  const ByteView left = body_.subspan(read_);
  if (left.size() > limit) co_return std::nullopt;
  read_ = body_.size();
  co_return std::string(as_text(left));
}

net::awaitable<bool> InnerClient::drain_body(std::uint64_t) {
  read_ = body_.size();
  co_return true;
}

net::awaitable<void> InnerClient::write_continue() { co_return; }

net::awaitable<void> InnerClient::write_head(const graph::ResponseHead& head,
                                             std::string_view body) {
  head_ = head;
  chunked_ = head.fields.count("Transfer-Encoding") > 0;
  append(as_bytes(body));
  co_return;
}

net::awaitable<void> InnerClient::write_more(ByteView bytes) {
  while (chunked_ && !bytes.empty()) {
    const auto step = chunks_.take(bytes, bytes.size());
    if (!step || step->consumed == 0) break;
    append(step->body);
    bytes = bytes.subspan(step->consumed);
  }
  if (!chunked_) append(bytes);
  co_return;
}

net::awaitable<void> InnerClient::flush() { co_return; }

void InnerClient::append(ByteView bytes) {
  if (bytes.size() > room_) {
    out_of_room_ = cut_ = true;
    throw boost::system::system_error(net::error::make_error_code(net::error::no_buffer_space),
                                      "the answers of the batch are larger than the limit");
  }
  room_ -= bytes.size();
  answer_.append(as_text(bytes));
}

}  // namespace kerros::io
