#include "gateway/io/write/fragment_sink.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/transfer/upload_session.h"

namespace kerros::io {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestWait{25'000};  // of one write; clients give up at 100 s or so
constexpr milliseconds kUsualWait{1'000};
constexpr std::uint64_t kKeptLimit = 4 * transfer::kMaxUpstreamFragment;

bool is_transient(const FragmentFailed& failed) {
  if (!failed.head) return true;  // the connection failed
  const unsigned status = failed.head->status;
  return status == 408 || status == 416 || status == 429 || status == 500 || status == 502 ||
         status == 503 || status == 504 || status == 509;
}

// Integers as the service sends them; dates and nonsense count as the usual wait.
milliseconds wait_before_repeating(const FragmentFailed& failed) {
  const auto field = failed.head ? failed.head->fields.find("Retry-After") : std::nullopt;
  unsigned seconds = 0;
  if (!field || field->empty()) return kUsualWait;
  const auto [end, error] = std::from_chars(field->data(), field->data() + field->size(), seconds);
  if (error != std::errc{} || end != field->data() + field->size() || seconds == 0)
    return kUsualWait;
  return milliseconds{1000ull * std::min(seconds, 3600u)};
}

}  // namespace

FragmentSink::FragmentSink(Exchange& x, UpstreamUrl url, std::vector<graph::ByteRange> fragments,
                           std::uint64_t carry_from, std::uint64_t sealed_total,
                           std::uint64_t position)
    : x_(x),
      url_(std::move(url)),
      fragments_(std::move(fragments)),
      carry_from_(carry_from),
      sealed_total_(sealed_total),
      position_(position),
      kept_(x, kKeptLimit),
      kept_from_(fragments_.empty() ? position : std::max(position, fragments_.front().first)) {}

std::size_t FragmentSink::until_border(std::size_t size) const {
  if (finished()) return size;
  const graph::ByteRange& fragment = fragments_[next_];
  const std::uint64_t border = position_ < fragment.first ? fragment.first : fragment.last + 1;
  return static_cast<std::size_t>(std::min<std::uint64_t>(size, border - position_));
}

net::awaitable<void> FragmentSink::write(ByteView sealed) {
  while (!sealed.empty()) {
    const auto part = sealed.first(until_border(sealed.size()));
    if (!finished() && position_ >= fragments_[next_].first) co_await kept_.write(part);
    std::optional<FragmentFailed> failed;
    try {
      co_await pass(part);
    } catch (FragmentFailed& caught) {
      failed = std::move(caught);
    }
    if (failed) co_await make_good(*std::move(failed));
    sealed = sealed.subspan(part.size());
  }
}

net::awaitable<void> FragmentSink::pass(ByteView part) {
  if (finished()) {
    carry(part);
  } else if (position_ >= fragments_[next_].first) {
    co_return co_await send(part);
  }
  position_ += part.size();
}

void FragmentSink::carry(ByteView part) {
  if (position_ + part.size() <= carry_from_) return;
  const auto skip = position_ < carry_from_ ? carry_from_ - position_ : 0;
  const auto rest = part.subspan(static_cast<std::size_t>(skip));
  carry_.insert(carry_.end(), rest.begin(), rest.end());
}

net::awaitable<void> FragmentSink::send(ByteView part) {
  std::optional<Refused> failed;
  try {
    if (!lease_) co_await begin_fragment();
    co_await (*lease_)->write(part);
    position_ += part.size();
    if (position_ == fragments_[next_].last + 1) co_await end_fragment();
    co_return;
  } catch (Refused& refused) {
    failed = std::move(refused);
  }
  auto early = lease_ ? co_await early_answer(x_, *lease_, graph::Method::kPut) : std::nullopt;
  if (early) throw FragmentFailed{std::move(early->head), std::move(early->body), failed->detail};
  throw FragmentFailed{std::nullopt, "", failed->detail};
}

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
  lease_.reset();
  const unsigned status = answer.head.status;
  if (status != 200 && status != 201 && status != 202)
    throw FragmentFailed{answer.head, answer.body, "upstream answered " + std::to_string(status)};
  ++next_;
  last_answer_ = std::move(answer);
  if (kept_from_ + kept_.size() == position_) {  // nothing behind it is still to be made good
    kept_.clear();
    kept_from_ = position_;
  }
}

// Waits, asks how far upstream came, and sends what it lacks, until it has everything that was
// written here or the bound is reached; then the failure is told.
net::awaitable<void> FragmentSink::make_good(FragmentFailed failed) {
  milliseconds waited{0};
  for (;;) {
    lease_.reset();
    const milliseconds wait = wait_before_repeating(failed);
    if (!is_transient(failed) || waited + wait > kLongestWait) throw failed;
    waited += wait;
    net::steady_timer timer(x_.worker.executor, wait);
    error_code ignored;
    co_await timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
    try {
      const auto told = co_await upstream_offset(x_, url_);
      if (!told && !all_kept()) throw no_range();
      const std::uint64_t offset = told.value_or(sealed_total_);
      if (offset < kept_from_ || offset > kept_from_ + kept_.size()) throw failed;
      co_await replay(offset);
      co_return;
    } catch (FragmentFailed& again) {
      failed = std::move(again);
    } catch (const Refused& refused) {
      failed = FragmentFailed{std::nullopt, "", refused.detail};
    }
  }
}

// From where upstream stands the rest is cut anew: half a fragment may have been kept.
net::awaitable<void> FragmentSink::replay(std::uint64_t offset) {
  const std::uint64_t until = kept_from_ + kept_.size();
  const std::uint64_t plan_end = std::max(fragments_.back().last + 1, offset);
  fragments_ = transfer::cut(offset, plan_end, plan_end == sealed_total_);
  carry_from_ = fragments_.empty() ? offset : fragments_.back().last + 1;
  next_ = 0;
  position_ = offset;
  carry_.clear();
  TransferBuffer buffer(x_, tls::BufferPool::kLarge);
  while (position_ < until) {
    const auto room = buffer.bytes().first(until_border(static_cast<std::size_t>(
        std::min<std::uint64_t>(buffer.bytes().size(), until - position_))));
    const std::size_t got = kept_.read(position_ - kept_from_, room);
    if (got == 0) throw Refused{graph::Refusal::kInternal, "", "the kept bytes end early"};
    co_await pass(room.first(got));
  }
}

}  // namespace kerros::io
