#include "gateway/io/read/open_body.h"

#include <algorithm>

#include "crypto/format.h"
#include "crypto/offsets.h"
#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/transfer/open_window.h"

namespace kerros::io {

namespace {

namespace format = crypto::format;

[[noreturn]] void throw_cut() {
  throw Refused{graph::Refusal::kUpstreamUnreachable, "", "upstream's stream was cut"};
}

net::awaitable<void> fill_chunk(HttpConnection& from, transfer::OpenWindow& window,
                                std::size_t sealed_length) {
  for (std::size_t filled = 0; filled < sealed_length;) {
    const std::size_t got = co_await from.read_body(window.space().first(sealed_length - filled));
    if (got == 0) throw_cut();
    window.filled(got);
    filled += got;
  }
}

// Nothing may follow the final chunk; looked at before that chunk is released.
net::awaitable<void> expect_end(HttpConnection& from) {
  std::uint8_t more = 0;
  if (from.body_finished()) co_return;
  if (co_await from.read_body(MutableByteView(&more, 1)) != 0)
    throw Refused{graph::Refusal::kNotAuthentic, "", "bytes follow the final chunk"};
}

net::awaitable<void> begin_answer(Exchange& x, const graph::ResponseHead& head) {
  x.status = head.status;
  co_await x.client.write_head(head, {});
}

}  // namespace

net::awaitable<void> send_opened(Exchange& x, Upstream::Response& response, crypto::Opener& opener,
                                 graph::ResponseHead head, const OpenedBody& body,
                                 ReadAudit::Ticket& ticket, FirstReading* first) {
  const std::uint64_t begin = body.to_end ? 0 : body.part.first;
  const std::uint64_t end = body.to_end ? body.plain_size : body.part.last + 1;
  const std::uint64_t last_chunk = crypto::chunk_count(body.plain_size) - 1;
  head.fields.set("Content-Length", std::to_string(end - begin));
  const TransferGuard transferring(x);
  transferring.use_large(x.client, end - begin);
  transferring.use_large(*response.lease, end - begin);
  TransferBuffer buffer(x, tls::BufferPool::kSmall);
  transfer::OpenWindow window(opener, buffer.bytes(), crypto::chunk_of(begin));
  const std::uint64_t stop = body.to_end ? last_chunk : crypto::chunk_of(end - 1);
  for (std::uint64_t at = begin; window.chunk() <= stop;) {
    const std::uint64_t chunk = window.chunk();
    const auto length = crypto::plain_length_of_chunk(chunk, body.plain_size);
    const auto sealed_length = static_cast<std::size_t>(length + format::kTagSize);
    co_await fill_chunk(*response.lease, window, sealed_length);
    const auto last = chunk == last_chunk ? crypto::Last::kYes : crypto::Last::kNo;
    if (body.to_end && last == crypto::Last::kYes) co_await expect_end(*response.lease);
    if (first) first->hashes.sealed.update(buffer.bytes().first(sealed_length));
    const auto plain = window.open(last);
    if (!plain)
      throw Refused{graph::Refusal::kNotAuthentic, "",
                    "chunk " + std::to_string(chunk) + ": " + plain.error().detail};
    if (first) first->hashes.plain.update(*plain);
    if (first && last == crypto::Last::kYes) co_await first->bind();
    const std::uint64_t chunk_begin = chunk * format::kChunkSize;
    const auto skip = static_cast<std::size_t>(at - std::min(at, chunk_begin));
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(plain->size() - skip, end - at));
    if (x.status == 0) co_await begin_answer(x, head);
    if (wanted > 0) {
      ticket.released(at, wanted);
      co_await x.client.write_more(plain->subspan(skip, wanted));
      at += wanted;
    }
  }
  co_await x.client.flush();
  response.lease.release();
}

net::awaitable<void> copy_answer(Exchange& x, Upstream::Response& response,
                                 graph::ResponseHead head, ByteView begun) {
  const auto framing = response.lease->framing();
  const bool chunked = framing.kind == graph::Framing::Kind::kUntilClose ||
                       framing.kind == graph::Framing::Kind::kChunked;
  if (chunked)
    head.fields.set("Transfer-Encoding", "chunked");
  else
    head.fields.set("Content-Length", std::to_string(framing.length));
  const std::uint64_t size = chunked ? ~std::uint64_t{0} : framing.length;
  const TransferGuard transferring(x);
  transferring.use_large(x.client, size);
  transferring.use_large(*response.lease, size);
  TransferBuffer buffer(x, size);
  co_await begin_answer(x, head);
  std::size_t got = begun.size();
  std::ranges::copy(begun, buffer.bytes().begin());
  for (;;) {
    if (got == 0) got = co_await response.lease->read_body(buffer.bytes());
    if (got == 0) break;
    const std::string line = chunked ? graph::chunk_line(got) : "";
    if (chunked) co_await x.client.write_more(as_bytes(line));
    co_await x.client.write_more(buffer.bytes().first(got));
    if (chunked) co_await x.client.write_more(as_bytes("\r\n"));
    got = 0;
  }
  if (chunked) co_await x.client.write_more(as_bytes("0\r\n\r\n"));
  co_await x.client.flush();
  response.lease.release();
}

net::awaitable<std::size_t> read_up_to(HttpConnection& from, MutableByteView into) {
  std::size_t total = 0;
  while (total < into.size()) {
    const std::size_t got = co_await from.read_body(into.subspan(total));
    if (got == 0) break;
    total += got;
  }
  co_return total;
}

net::awaitable<bool> skip_body(HttpConnection& from, std::uint64_t bytes) {
  Bytes sink(16384);
  while (bytes > 0) {
    const auto space = MutableByteView(sink).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes, sink.size())));
    const std::size_t got = co_await from.read_body(space);
    if (got == 0) co_return false;
    bytes -= got;
  }
  co_return true;
}

}  // namespace kerros::io
