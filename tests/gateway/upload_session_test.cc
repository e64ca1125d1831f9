#include "gateway/transfer/upload_session.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/aead.h"
#include "tests/support/sealed_file.h"

namespace kerros::transfer {
namespace {

namespace format = crypto::format;
using graph::ByteRange;
using graph::ContentRange;
using support::noise;
using support::SealedFile;

const crypto::Backend& backend() {
  static const auto kBackend = crypto::make_openssl_backend();
  return *kBackend;
}

SessionState full_state() {
  SessionState state;
  state.upstream_url = "https://contoso.sharepoint.com/upload?tempauth=x";
  state.item_class = "secret";
  state.actor = "anna@example.org";
  state.target = "drive b!1 path /Salassa/a.bin";
  state.intent = 77;
  state.expiration = "2026-01-29T09:21:55.523Z";
  state.defer_commit = true;
  state.plain_total = 1'000'000;
  state.plain_offset = 400'000;
  state.sealed_confirmed = 327'680;
  state.carry = noise(70'000, 3);
  state.tail = noise(6'784, 4);
  state.hashes.plain.update(noise(393'216, 5));
  state.hashes.sealed.update(noise(397'680, 6));
  state.last_first = 300'000;
  state.tail_before = noise(5'000, 7);
  state.final_status = 201;
  state.final_answer = R"({"id":"01"})";
  return state;
}

FragmentKind judged(std::uint64_t first, std::uint64_t last, std::uint64_t total = 1'000'000) {
  SessionState state = full_state();
  state.final_status = 0;
  return judge(state, ContentRange{{first, last}, total});
}

// --- the stored form ---

TEST(SessionState, ComesBackAsItWasStored) {
  const SessionState state = full_state();
  const SessionState again = decode_session(encode(state)).value();
  EXPECT_EQ(again.upstream_url, state.upstream_url);
  EXPECT_EQ(again.item_class, state.item_class);
  EXPECT_EQ(again.actor, state.actor);
  EXPECT_EQ(again.target, state.target);
  EXPECT_EQ(again.intent, state.intent);
  EXPECT_EQ(again.expiration, state.expiration);
  EXPECT_EQ(again.defer_commit, state.defer_commit);
  EXPECT_EQ(again.plain_total, state.plain_total);
  EXPECT_EQ(again.plain_offset, state.plain_offset);
  EXPECT_EQ(again.sealed_confirmed, state.sealed_confirmed);
  EXPECT_EQ(again.carry, state.carry);
  EXPECT_EQ(again.tail, state.tail);
  EXPECT_EQ(again.hashes.plain.digest(), state.hashes.plain.digest());
  EXPECT_EQ(again.hashes.sealed.digest(), state.hashes.sealed.digest());
  EXPECT_EQ(again.last_first, state.last_first);
  EXPECT_EQ(again.tail_before, state.tail_before);
  EXPECT_EQ(again.final_status, state.final_status);
  EXPECT_EQ(again.final_answer, state.final_answer);
  EXPECT_EQ(encode(again), encode(state));
}

TEST(SessionState, RefusesEveryCutAndWhatIsTooLong) {
  SessionState state = full_state();
  state.carry = noise(40, 3);
  state.tail = noise(20, 4);
  state.tail_before.clear();
  const Bytes stored = encode(state);
  for (std::size_t size = 0; size < stored.size(); ++size)
    EXPECT_FALSE(decode_session(ByteView(stored).first(size))) << size;
  Bytes longer = stored;
  longer.push_back(0);
  EXPECT_FALSE(decode_session(longer));
}

TEST(SessionState, RefusesAnotherVersion) {
  Bytes stored = encode(full_state());
  stored[0] ^= 3;
  EXPECT_FALSE(decode_session(stored));
}

// --- what a fragment is ---

TEST(Fragment, IsJudgedByWhereItBegins) {
  EXPECT_EQ(judged(400'000, 400'000), FragmentKind::kNext);
  EXPECT_EQ(judged(400'000, 999'999), FragmentKind::kNext);
  EXPECT_EQ(judged(300'000, 399'999), FragmentKind::kRepeatOfLast);
  EXPECT_EQ(judged(0, 299'999), FragmentKind::kOlder);
  EXPECT_EQ(judged(350'000, 399'999), FragmentKind::kOlder);
  EXPECT_EQ(judged(300'000, 399'998), FragmentKind::kOlder);
  EXPECT_EQ(judged(300'000, 400'000), FragmentKind::kOverlap);
  EXPECT_EQ(judged(399'999, 999'999), FragmentKind::kOverlap);
  EXPECT_EQ(judged(400'001, 999'999), FragmentKind::kGap);
}

TEST(Fragment, MustKeepTheTotal) {
  EXPECT_EQ(judged(400'000, 999'999, 1'000'001), FragmentKind::kTotalDiffers);
  SessionState finished = full_state();
  EXPECT_EQ(judge(finished, {{400'000, 999'999}, 1'000'000}), FragmentKind::kFinished);
  EXPECT_EQ(judge(finished, {{0, 9}, 10}), FragmentKind::kTotalDiffers);
}

TEST(Fragment, MayNotBelongToMoreThanUpstreamHolds) {
  constexpr std::uint64_t kLimit = 268'435'456'000;
  const std::uint64_t most = crypto::plain_size(kLimit - kLimit % format::kSealedChunkSize)
                                 .value_or(kLimit / format::kSealedChunkSize * format::kChunkSize);
  const SessionState fresh;
  EXPECT_EQ(judge(fresh, {{0, 9}, most - format::kChunkSize}), FragmentKind::kNext);
  EXPECT_EQ(judge(fresh, {{0, 9}, kLimit}), FragmentKind::kTooLarge);
  EXPECT_EQ(judge(fresh, {{0, 9}, ~std::uint64_t{0}}), FragmentKind::kTooLarge);
}

TEST(Fragment, IsAskedForInTheClosedForm) {
  EXPECT_EQ(next_expected_range(full_state()), "400000-999999");
  EXPECT_EQ(next_expected_range(SessionState{}), "0-");
}

// --- cutting ---

RC_GTEST_PROP(Cut, FollowsTheRulesOfUploadSessions, ()) {
  const auto from = *rc::gen::inRange<std::uint64_t>(0, 1'000'000'000);
  const auto size = *rc::gen::inRange<std::uint64_t>(0, 100'000'000);
  const bool whole = *rc::gen::arbitrary<bool>();
  const auto fragments = cut(from, from + size, whole);
  std::uint64_t at = from;
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    RC_ASSERT(fragments[i].first == at);
    RC_ASSERT(fragments[i].length() <= kMaxUpstreamFragment);
    const bool ends_file = whole && i + 1 == fragments.size();
    RC_ASSERT(ends_file || fragments[i].length() % kFragmentUnit == 0);
    at = fragments[i].last + 1;
  }
  const std::uint64_t left = from + size - at;
  RC_ASSERT(left < kFragmentUnit);
  RC_ASSERT(!whole || left == 0);
}

// --- a session from its first to its last fragment ---

// Upstream with Graph's rules by the letter.
struct Cloud {
  std::uint64_t total = 0;
  Bytes stored;
  void take(const ByteRange& range, ByteView bytes, std::uint64_t of) {
    RC_ASSERT(total == 0 || total == of);
    total = of;
    RC_ASSERT(range.first == stored.size());
    RC_ASSERT(range.length() == bytes.size());
    RC_ASSERT(range.last < total);
    RC_ASSERT(range.last + 1 == total || range.length() % kFragmentUnit == 0);
    stored.insert(stored.end(), bytes.begin(), bytes.end());
  }
};

// Everything that is sealed for a fragment, from the state's confirmed offset on.
Bytes sealed_run(const SessionState& state, crypto::Sealer& sealer, ByteView fragment, bool last,
                 SealWindow& window) {
  Bytes run = state.carry;
  const auto send = [&] {
    run.insert(run.end(), window.ready().begin(), window.ready().end());
    window.clear();
  };
  const auto push = [&](ByteView plain) {
    while (!plain.empty()) {
      if (window.full()) send();
      const MutableByteView space = window.space();
      const std::size_t size = std::min(space.size(), plain.size());
      std::copy_n(plain.begin(), size, space.begin());
      RC_ASSERT(window.filled(size).has_value());
      plain = plain.subspan(size);
    }
  };
  if (state.plain_offset == 0) window.put_sealed(sealer.prefix(), SealWindow::Hash::kNow);
  push(state.tail);
  push(fragment);
  if (window.full()) send();
  if (last) RC_ASSERT(window.finish().has_value());
  send();
  return run;
}

// One fragment as the gateway takes it. With `lost` upstream has its bytes, but the point was never
// stored: the state comes back as it was.
SessionState take(SessionState state, const SealedFile& file, std::uint64_t end, Cloud& cloud,
                  std::size_t buffer_size, bool lost) {
  const std::uint64_t first = state.plain_offset;
  const ContentRange range{{first, end - 1}, file.plain.size()};
  RC_ASSERT(judge(state, range) == FragmentKind::kNext);
  const SessionState before = state;
  state.plain_total = range.total;
  const UpstreamPlan planned = plan(state, end, cloud.stored.size());
  RC_ASSERT(planned.last == (end == file.plain.size()));
  RC_ASSERT(planned.sealed_total == file.sealed.size());

  crypto::Sealer sealer = crypto::Sealer::make(backend(), file.header, file.salt, file.dek).value();
  Bytes buffer(buffer_size);
  SealWindow window(sealer, buffer, crypto::chunk_of(first), state.hashes);
  const auto fragment = ByteView(file.plain).subspan(first, end - first);
  const Bytes run = sealed_run(state, sealer, fragment, planned.last, window);
  const auto sealed = [&](std::uint64_t from, std::uint64_t to) {
    return ByteView(run).subspan(from - before.sealed_confirmed, to - from);
  };
  for (const ByteRange& piece : planned.fragments)
    cloud.take(piece, sealed(piece.first, piece.last + 1), planned.sealed_total);
  if (lost) return before;

  const std::uint64_t run_end = before.sealed_confirmed + run.size();
  RC_ASSERT(planned.carry_from <= run_end);
  const auto carry = sealed(planned.carry_from, run_end);
  RC_ASSERT(carry.size() < kFragmentUnit + format::kSealedChunkSize);
  state.tail_before = state.tail;
  state.tail.assign(window.unfinished().begin(), window.unfinished().end());
  state.last_first = first;
  state.plain_offset = end;
  state.sealed_confirmed = planned.carry_from;
  state.carry.assign(carry.begin(), carry.end());
  state.hashes = window.hashes();
  return decode_session(encode(state)).value();
}

void expect_stored_whole(const SessionState& state, const SealedFile& file, const Cloud& cloud) {
  RC_ASSERT(cloud.stored == file.sealed);
  RC_ASSERT(state.carry.empty() && state.tail.empty());
  RC_ASSERT(state.sealed_confirmed == file.sealed.size());
  crypto::QuickXor plain, sealed;
  plain.update(file.plain);
  sealed.update(file.sealed);
  RC_ASSERT(state.hashes.plain.digest() == plain.digest());
  RC_ASSERT(state.hashes.sealed.digest() == sealed.digest());
}

std::size_t some_total() {
  const auto chunks = *rc::gen::inRange<std::size_t>(0, 60);
  return std::max<std::size_t>(
      1, chunks * format::kChunkSize + *rc::gen::element<std::size_t>(0, 1, 5000, 16'383));
}

std::size_t some_fragment() {
  return *rc::gen::element<std::size_t>(1, 100, 16'383, 16'384, 16'385, 100'000, 327'680, 655'360,
                                        1'000'000);
}

std::size_t some_buffer() { return *rc::gen::element<std::size_t>(17 * 1024, 264 * 1024); }

RC_GTEST_PROP(UploadSession, StoresTheSealedFileWhateverTheFragments, ()) {
  const SealedFile file = support::seal_file(backend(), some_total());
  Cloud cloud;
  SessionState state;
  const auto usual = some_fragment() + file.plain.size() / 50;  // bounds the number of fragments
  while (state.plain_offset < file.plain.size()) {
    const auto size = *rc::gen::arbitrary<bool>() ? usual : some_fragment();
    const auto end = std::min<std::uint64_t>(file.plain.size(), state.plain_offset + size);
    state = take(std::move(state), file, end, cloud, some_buffer(), false);
  }
  expect_stored_whole(state, file, cloud);
}

RC_GTEST_PROP(UploadSession, GoesOnWhereUpstreamIsAheadOfTheRecord, ()) {
  const SealedFile file = support::seal_file(backend(), some_total());
  Cloud cloud;
  SessionState state;
  const auto size = 300'000 + some_fragment();
  while (state.plain_offset < file.plain.size()) {
    const auto end = std::min<std::uint64_t>(file.plain.size(), state.plain_offset + size);
    if (*rc::gen::arbitrary<bool>())
      state = take(std::move(state), file, end, cloud, some_buffer(), true);
    state = take(std::move(state), file, end, cloud, some_buffer(), false);
  }
  expect_stored_whole(state, file, cloud);
}

// A long fragment was taken upstream and its answer lost; the client comes back with shorter ones.
TEST(UploadSession, KeepsItsPointWhenUpstreamIsFarAhead) {
  const SealedFile file = support::seal_file(backend(), 1'500'000);
  Cloud cloud;
  SessionState state;
  state = take(std::move(state), file, 1'000'000, cloud, 17 * 1024, true);
  while (state.plain_offset < file.plain.size()) {
    const auto end = std::min<std::uint64_t>(file.plain.size(), state.plain_offset + 200'000);
    state = take(std::move(state), file, end, cloud, 17 * 1024, false);
  }
  expect_stored_whole(state, file, cloud);
}

}  // namespace
}  // namespace kerros::transfer
