// Writes a run of sealed bytes as fragments of an upstream session.
//
// What passes is kept (sealed, in a nameless file) until upstream took its fragment: throttling,
// lost answers and half-stored fragments are waited out and made good here, within a bound, because
// clients do not repeat their fragments. What lies behind the last fragment is handed back as
// carry.
//
// Thread safety: one coroutine. Lifetime: within the exchange. Errors: FragmentFailed.
#pragma once

#include <optional>
#include <vector>

#include "gateway/io/write/sealed_sink.h"
#include "gateway/io/write/spool.h"

namespace kerros::io {

class FragmentSink : public SealedSink {
 public:
  // `position`: sealed offset of the first byte that will be written here. Bytes before the first
  // fragment are known to be upstream already and are skipped.
  FragmentSink(Exchange& x, UpstreamUrl url, std::vector<graph::ByteRange> fragments,
               std::uint64_t carry_from, std::uint64_t sealed_total, std::uint64_t position);
  net::awaitable<void> write(ByteView sealed) override;

  std::uint64_t carry_from() const {
    return carry_from_;
  }  // may move while fragments are made good
  Bytes take_carry() { return std::move(carry_); }
  // Whether the last byte of the file has left, whatever upstream said to it.
  bool all_sent() const { return position_ == sealed_total_; }
  // The answer to the fragment that was completed last.
  const std::optional<UpstreamAnswer>& last_answer() const { return last_answer_; }

 private:
  bool finished() const { return next_ == fragments_.size(); }
  bool all_kept() const { return kept_from_ + kept_.size() == sealed_total_; }
  std::size_t until_border(std::size_t size) const;
  net::awaitable<void> pass(ByteView part);  // lies on one side of every border
  net::awaitable<void> send(ByteView part);  // into the current fragment
  net::awaitable<void> begin_fragment();
  net::awaitable<void> end_fragment();
  void carry(ByteView part);

  net::awaitable<void> make_good(FragmentFailed failed);
  net::awaitable<void> replay(std::uint64_t offset);

  Exchange& x_;
  UpstreamUrl url_;
  std::vector<graph::ByteRange> fragments_;
  std::uint64_t carry_from_;
  std::uint64_t sealed_total_;
  std::uint64_t position_;
  std::size_t next_ = 0;  // the fragment that is being or will be written
  std::optional<Upstream::Lease> lease_;
  std::optional<UpstreamAnswer> last_answer_;
  Bytes carry_;
  Spool kept_;
  std::uint64_t kept_from_;  // sealed offset of its first byte
};

}  // namespace kerros::io
