// Sealing and opening 16 KiB chunks in place per backend and suite, and QuickXorHash.
#include <benchmark/benchmark.h>

#include <cstdio>

#include "crypto/check.h"
#include "crypto/quickxor.h"
#include "crypto/random.h"
#include "crypto/sealer.h"
#include "crypto/whole_file.h"

namespace kerros::crypto {
namespace {

constexpr std::size_t kChunk = format::kChunkSize;

std::unique_ptr<Backend> backend_number(std::int64_t number) {
  if (number == 0) return make_openssl_backend();
  if (number == 1) return make_sodium_backend();
  auto made = make_ipsecmb_backend(number == 2 ? Instructions::kWide : Instructions::kAvx2);
  return made ? std::move(*made) : nullptr;
}

struct Subject {
  std::unique_ptr<Backend> backend;
  Header header;
  std::array<std::uint8_t, 32> dek{};
  Bytes buffer = Bytes(format::kSealedChunkSize, 1);

  explicit Subject(const benchmark::State& state)
      : backend(backend_number(state.range(0))),
        header{.suite = static_cast<Suite>(state.range(1))} {}

  Sealer sealer() const { return Sealer::make(*backend, header, Salt{}, dek).value(); }
  MutableByteView plain() { return MutableByteView(buffer).first(kChunk); }
};

std::string label(const benchmark::State& state, const Subject& subject) {
  return std::string(subject.backend->name()) + (state.range(0) == 3 ? " without VAES " : " ") +
         name(subject.header.suite);
}

void describe(benchmark::State& state, const Subject& subject) {
  state.SetLabel(label(state, subject));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kChunk));
}

bool skipped(benchmark::State& state, const Subject& subject) {
  if (subject.backend && subject.backend->supports(subject.header.suite)) return false;
  state.SkipWithError("not on this CPU");
  return true;
}

void seal_chunks(benchmark::State& state) {
  Subject subject(state);
  if (skipped(state, subject)) return;
  auto sealer = subject.sealer();
  std::uint64_t number = 0;
  for (auto _ : state) {
    const Status sealed = sealer.seal_chunk(number++, subject.plain(), subject.buffer);
    KERROS_CHECK(sealed.has_value(), "chunks seal");
  }
  describe(state, subject);
}

void open_chunks(benchmark::State& state) {
  Subject subject(state);
  if (skipped(state, subject)) return;
  auto sealer = subject.sealer();
  auto opener =
      Opener::make(*subject.backend, decode_prefix(sealer.prefix()).value(), subject.dek).value();
  Bytes plain(kChunk);
  const Status sealed = sealer.seal_chunk(0, subject.plain(), subject.buffer);
  KERROS_CHECK(sealed.has_value(), "chunks seal");
  for (auto _ : state) {
    const Status opened = opener.open_chunk(0, Last::kNo, subject.buffer, plain);
    KERROS_CHECK(opened.has_value(), "chunks open");
  }
  describe(state, subject);
}

void start_of_a_file(benchmark::State& state) {
  Subject subject(state);
  if (skipped(state, subject)) return;
  for (auto _ : state) benchmark::DoNotOptimize(subject.sealer());
  state.SetLabel(label(state, subject));
}

void quickxor(benchmark::State& state) {
  const Bytes bytes(static_cast<std::size_t>(state.range(0)), 7);
  QuickXor hasher;
  for (auto _ : state) hasher.update(bytes);
  benchmark::DoNotOptimize(hasher.digest());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void self_tests(benchmark::State& state) {
  const char* wanted = state.range(0) == 0 ? "auto" : "openssl";
  for (auto _ : state) benchmark::DoNotOptimize(choose_backend(wanted));
  state.SetLabel(wanted);
}

BENCHMARK(seal_chunks)->ArgsProduct({{0, 1, 2, 3}, {1, 2}});
BENCHMARK(open_chunks)->ArgsProduct({{0, 1, 2, 3}, {1, 2}});
BENCHMARK(start_of_a_file)->ArgsProduct({{0, 1, 2, 3}, {1, 2}});
BENCHMARK(quickxor)->Arg(1000)->Arg(16384)->Arg(65536)->Arg(1 << 20);
BENCHMARK(self_tests)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kerros::crypto

int main(int argc, char** argv) {
  kerros::crypto::start();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
