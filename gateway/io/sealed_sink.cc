#include "gateway/io/sealed_sink.h"

#include <algorithm>
#include <charconv>

namespace kerros::io {

namespace {

// The answer to what was sent. When sending failed upstream may have answered early (401, 413 ...)
// and that answer tells more than the broken pipe.
net::awaitable<UpstreamAnswer> read_answer(Exchange& x, Upstream::Lease& lease,
                                           graph::Method method) {
  lease->stream().expires_after(x.config().upstream.answer_timeout);
  UpstreamAnswer answer;
  answer.head = co_await lease->read_response(method);
  auto body = co_await lease->collect_body(x.config().limits.json_bytes);
  if (!body) throw Refused{graph::Refusal::kAnswerTooLarge, "", "answer over the JSON limit"};
  answer.body = *std::move(body);
  co_return answer;
}

}  // namespace

net::awaitable<std::unique_ptr<PutSink>> PutSink::open(Exchange& x, std::string target,
                                                       graph::Fields fields,
                                                       std::uint64_t sealed_size) {
  Upstream::Lease lease = co_await x.worker.upstream.acquire(x.config(), x.now->upstream_tls,
                                                             x.config().upstream.graph_host);
  fields.set("Content-Length", std::to_string(sealed_size));
  co_await Upstream::send_head(lease, x.config(), "PUT", target, std::move(fields));
  co_return std::make_unique<PutSink>(x, std::move(lease));
}

net::awaitable<void> PutSink::write(ByteView sealed) {
  std::string failed;
  try {
    lease_->stream().expires_after(x_.config().upstream.idle_timeout);
    co_await lease_->stream().write(sealed);
    co_return;
  } catch (const boost::system::system_error& error) {
    failed = error.what();
  }
  std::optional<UpstreamAnswer> early;
  try {
    early = co_await read_answer(x_, lease_, graph::Method::kPut);
  } catch (const boost::system::system_error&) {
  }
  if (early && early->head.status >= 400) throw Relayed{early->head, early->body};
  throw Refused{graph::Refusal::kUpstreamUnreachable, "", failed};
}

net::awaitable<UpstreamAnswer> PutSink::answer() {
  std::string failed;
  try {
    UpstreamAnswer answer = co_await read_answer(x_, lease_, graph::Method::kPut);
    lease_.release();
    co_return answer;
  } catch (const boost::system::system_error& error) {
    failed = error.what();
  }
  throw Refused{graph::Refusal::kUpstreamUnreachable, "", failed};
}

FragmentSink::FragmentSink(Exchange& x, UpstreamUrl url, std::vector<graph::ByteRange> fragments,
                           std::uint64_t carry_from, std::uint64_t sealed_total,
                           std::uint64_t position)
    : x_(x),
      url_(std::move(url)),
      fragments_(std::move(fragments)),
      carry_from_(carry_from),
      sealed_total_(sealed_total),
      position_(position) {}

net::awaitable<void> FragmentSink::begin_fragment() {
  const graph::ContentRange range{fragments_[next_], sealed_total_};
  lease_.emplace(co_await x_.worker.upstream.acquire(x_.config(), x_.now->upstream_tls, url_.host));
  (*lease_)->stream().bulk(range.range.length() > tls::BufferPool::kLarge);
  graph::Fields fields;
  fields.add("Content-Length", std::to_string(range.range.length()));
  fields.add("Content-Range", graph::to_field(range));
  fields.add("Content-Type", "application/octet-stream");
  co_await Upstream::send_head(*lease_, x_.config(), "PUT", url_.target, std::move(fields));
}

net::awaitable<void> FragmentSink::end_fragment() {
  UpstreamAnswer answer = co_await read_answer(x_, *lease_, graph::Method::kPut);
  lease_->release();
  lease_.reset();
  ++next_;
  const unsigned status = answer.head.status;
  if (status != 200 && status != 201 && status != 202)
    throw FragmentFailed{answer.head, answer.body, "upstream answered " + std::to_string(status)};
  last_answer_ = std::move(answer);
}

net::awaitable<void> FragmentSink::write(ByteView sealed) {
  std::string failed;
  try {
    while (!sealed.empty()) {
      const std::uint64_t until =
          finished() ? std::numeric_limits<std::uint64_t>::max()
                     : (position_ < fragments_[next_].first ? fragments_[next_].first
                                                            : fragments_[next_].last + 1);
      const auto part = sealed.first(
          static_cast<std::size_t>(std::min<std::uint64_t>(sealed.size(), until - position_)));
      if (finished()) {
        if (position_ + part.size() > carry_from_) {
          const auto skip = position_ < carry_from_ ? carry_from_ - position_ : 0;
          const auto kept = part.subspan(static_cast<std::size_t>(skip));
          carry_.insert(carry_.end(), kept.begin(), kept.end());
        }
      } else if (position_ >= fragments_[next_].first) {
        if (!lease_) co_await begin_fragment();
        (*lease_)->stream().expires_after(x_.config().upstream.idle_timeout);
        co_await (*lease_)->stream().write(part);
      }
      position_ += part.size();
      sealed = sealed.subspan(part.size());
      if (lease_ && position_ == fragments_[next_].last + 1) co_await end_fragment();
    }
    co_return;
  } catch (const boost::system::system_error& error) {
    failed = error.what();
  }
  std::optional<UpstreamAnswer> early;
  if (lease_) {
    try {
      early = co_await read_answer(x_, *lease_, graph::Method::kPut);
    } catch (const boost::system::system_error&) {
    } catch (const BadMessage&) {
    }
  }
  if (early && early->head.status >= 400) throw FragmentFailed{early->head, early->body, failed};
  throw FragmentFailed{std::nullopt, "", failed};
}

net::awaitable<void> seal_body(Exchange& x, transfer::SealWindow& window, SealedSink& sink) {
  for (;;) {
    const MutableByteView space = window.space();
    if (space.empty()) {
      co_await sink.write(window.ready());
      window.clear();
      continue;
    }
    x.client.stream().expires_after(x.config().limits.client_idle);
    const std::size_t got = co_await x.client.read_body(space);
    if (got == 0) break;
    if (auto ok = window.filled(got); !ok)
      throw Refused{graph::Refusal::kInternal, "", ok.error().detail};
  }
}

net::awaitable<std::uint64_t> upstream_offset(Exchange& x, const UpstreamUrl& url,
                                              std::uint64_t sealed_total) {
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
  if (answer->next_expected_ranges.empty()) co_return sealed_total;
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
  } catch (const Refused&) {
  } catch (const boost::system::system_error&) {
  }
}

}  // namespace kerros::io
