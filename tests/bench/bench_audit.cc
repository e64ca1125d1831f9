// The audit log full of events: how fast they are appended, and how fast they are found again.
//   bench_audit DIRECTORY [EVENTS] [DAYS]
//
// Prints records for each second, and for every question the time of the whole answer and the
// largest memory the process had.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <semaphore>
#include <string>

#include "crypto/random.h"
#include "gateway/audit/log.h"

namespace kerros::audit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kFirstDay = 1'790'000'000'000;
constexpr std::uint64_t kDay = 86'400'000;
constexpr std::ptrdiff_t kUnderWay = 4096;

void must(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "bench_audit: %s failed\n", what);
  std::abort();
}

double timed(const std::function<void()>& work) {
  const auto began = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// A hundred users, and as many items as a tenth of the events.
Record event(std::uint64_t number, std::uint64_t now, std::uint64_t events) {
  const std::string item = std::to_string(number * 7919 % (events / 10 + 1));
  Record record;
  record.time_ms = now;
  record.event = Event::kOlderPublished;
  record.actor = "user" + std::to_string(number % 100) + "@city.example";
  record.right = "graph-token (proven)";
  record.source = "192.0.2.7:41234";
  record.target = "drive b!0123456789abcdef0123456789abcdef item 01ITEM" + item;
  record.status = "passed";
  record.details = {{"request", "0193f2c46d1e8a0b5c7d9e0f1a2b3c4d"},
                    {"key", "key" + item},
                    {"unit", "unit" + std::to_string(number % 7)}};
  return record;
}

crypto::SecretBytes key_of(std::uint8_t value) {
  return crypto::SecretBytes::copy_of(Bytes(32, value)).value();
}

std::uint64_t answers(const Log& log, const Filter& filter) {
  std::uint64_t found = 0;
  for (std::uint64_t from = 1; from != 0;) {
    const auto page = log.query(filter, from, 1000);
    must(page.has_value(), "a question");
    found += page->records.size();
    from = page->next;
  }
  return found;
}

void ask(const Log& log, const char* what, const Texts& texts) {
  std::uint64_t found = 0;
  const double seconds = timed([&] { found = answers(log, parse_filter(texts).value()); });
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::printf("%-28s %8.2f s %10llu records %8ld MB at most\n", what, seconds,
              static_cast<unsigned long long>(found), used.ru_maxrss / 1024);
}

void fill(Log& log, std::atomic<std::uint64_t>& now, std::uint64_t events, std::uint64_t days) {
  std::counting_semaphore<kUnderWay> room(kUnderWay);
  for (std::uint64_t i = 0; i < events; ++i) {
    const std::uint64_t today = kFirstDay + i * days / events * kDay;
    if (today != now) {  // what was appended yesterday is yesterday's
      for (std::ptrdiff_t n = 0; n < kUnderWay; ++n) room.acquire();
      room.release(kUnderWay);
      now = today;
    }
    room.acquire();
    log.append(event(i, now, events), [&room](const Result<std::uint64_t>& position) {
      must(position.has_value(), "an append");
      room.release();
    });
  }
  for (std::ptrdiff_t n = 0; n < kUnderWay; ++n) room.acquire();
}

void measure(const std::string& directory, std::uint64_t events, std::uint64_t days) {
  std::atomic<std::uint64_t> now = kFirstDay;
  LogParams params{directory, "kerros.bench/log", {}, [&] { return now.load(); }};
  params.retention_months = 0;
  auto log = Log::open(std::move(params), {key_of(1), key_of(2), key_of(3)});
  must(log.has_value(), "opening the log");
  const double filled = timed([&] { fill(**log, now, events, days); });
  std::printf("%-28s %8.2f s %10.0f records/s\n", "append", filled,
              static_cast<double>(events) / filled);
  std::printf("%-28s %8.2f s\n", "indexes",
              timed([&] { must((*log)->keep().has_value(), "an index"); }));
  ask(**log, "by item", {{"item", "01ITEM42"}});
  ask(**log, "by key", {{"key", "key42"}});
  ask(**log, "by actor", {{"actor", "user7@city.example"}});
  ask(**log, "by actor and status", {{"actor", "user7@city.example"}, {"status", "refused"}});
  ask(**log, "by a subject, without index", {{"subject", "user7@city.example"}});
}

}  // namespace
}  // namespace kerros::audit

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_audit DIRECTORY [EVENTS] [DAYS]\n");
    return 2;
  }
  kerros::crypto::start();
  kerros::audit::measure(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 200'000,
                         argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 10);
  return 0;
}
