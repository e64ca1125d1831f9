#include "gateway/io/write/sealed_sink.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

namespace kerros::io {

net::awaitable<UpstreamAnswer> read_answer(Exchange& x, Upstream::Lease& lease,
                                           graph::Method method) {
  co_await lease->flush();
  UpstreamAnswer answer;
  answer.head = co_await Upstream::read_head(lease, x.config(), method);
  auto body = co_await lease->collect_body(x.config().limits.json_bytes);
  if (!body) throw Refused{graph::Refusal::kAnswerTooLarge, "", "answer over the JSON limit"};
  lease.release();
  answer.body = *std::move(body);
  co_return answer;
}

net::awaitable<std::optional<UpstreamAnswer>> early_answer(Exchange& x, Upstream::Lease& lease,
                                                           graph::Method method) {
  try {
    UpstreamAnswer answer = co_await read_answer(x, lease, method);
    if (answer.head.status >= 400) co_return answer;
  } catch (const Refused&) {
  }
  co_return std::nullopt;
}

net::awaitable<void> write_or_relay(Exchange& x, Upstream::Lease& lease, ByteView bytes) {
  std::optional<Refused> failed;
  try {
    co_await lease->write_more(bytes);
    co_return;
  } catch (Refused& refused) {
    failed = std::move(refused);
  }
  if (auto early = co_await early_answer(x, lease, graph::Method::kPut))
    throw Relayed{std::move(early->head), std::move(early->body)};
  throw *std::move(failed);
}

net::awaitable<std::unique_ptr<PutSink>> PutSink::open(Exchange& x, std::string target,
                                                       graph::Fields fields,
                                                       std::uint64_t sealed_size) {
  Upstream::Lease lease =
      co_await x.worker.upstream.acquire(x.config(), x.now->upstream_tls, x.front.upstream_host);
  fields.set("Content-Length", std::to_string(sealed_size));
  co_await Upstream::send_head(lease, x.config(), "PUT", target, std::move(fields));
  co_return std::make_unique<PutSink>(x, std::move(lease));
}

net::awaitable<void> PutSink::write(ByteView sealed) {
  co_await write_or_relay(x_, lease_, sealed);
}

net::awaitable<UpstreamAnswer> PutSink::answer() {
  return read_answer(x_, lease_, graph::Method::kPut);
}

net::awaitable<void> seal_body(Exchange& x, transfer::SealWindow& window, SealedSink& sink) {
  for (;;) {
    const MutableByteView space = window.space();
    if (space.empty()) {
      co_await sink.write(window.ready());
      window.clear();
      continue;
    }
    const std::size_t got = co_await x.client.read_body(space);
    if (got == 0) break;
    if (auto ok = window.filled(got); !ok)
      throw Refused{graph::Refusal::kInternal, "", ok.error().detail};
  }
}

FragmentFailed no_range() {
  return {graph::ResponseHead{404, {}}, "", "upstream's status names no range"};
}

net::awaitable<std::optional<std::uint64_t>> upstream_offset(Exchange& x, const UpstreamUrl& url) {
  Upstream::Request request;
  request.host = url.host;
  request.target = url.target;
  auto response = co_await ask_upstream(x, std::move(request));
  const std::string body = co_await collect(x, response);
  if (response.head.status != 200)
    throw FragmentFailed{response.head, body,
                         "status answered " + std::to_string(response.head.status)};
  const auto answer = graph::read_session_answer(body);
  if (!answer) throw FragmentFailed{std::nullopt, "", answer.error().detail};
  if (answer->next_expected_ranges.empty()) co_return std::nullopt;
  const std::string& range = answer->next_expected_ranges.front();
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(range.data(), range.data() + range.size(), offset);
  if (error != std::errc{}) throw FragmentFailed{std::nullopt, "", "unreadable range in status"};
  co_return offset;
}

net::awaitable<void> cancel_upstream(Exchange& x, const UpstreamUrl& url) {
  try {
    Upstream::Request request;
    request.host = url.host;
    request.method = graph::Method::kDelete;
    request.target = url.target;
    auto response = co_await ask_upstream(x, std::move(request));
    co_await collect(x, response);
  } catch (const Refused& refused) {
    spdlog::debug("upstream session was not cancelled: {}", refused.detail);
  }
}

}  // namespace kerros::io
