// Durable writes and reads of a key store on a real disk: bench_keystore [DIRECTORY [SECONDS
// [THREADS]]]
//
// Waiting threads stand for transfers: each puts a record, waits until it is durable, binds it and
// waits again. Prints operations per second and how many shared one transaction.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <string>
#include <thread>

#include "crypto/random.h"
#include "tests/bench/records.h"

namespace kerros::keystore {
namespace {

using Clock = std::chrono::steady_clock;

Status wait(const std::function<void(Done)>& verb) {
  std::promise<Status> answer;
  verb([&](Status status) { answer.set_value(std::move(status)); });
  return answer.get_future().get();
}

UnixMillis now() {
  return static_cast<UnixMillis>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count());
}

// Runs `work` in `threads` threads for `seconds`; each call is one operation.
double per_second(unsigned threads, double seconds, const std::function<void()>& work) {
  std::atomic<std::uint64_t> done{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> running;
  const auto started = Clock::now();
  for (unsigned i = 0; i < threads; ++i)
    running.emplace_back([&] {
      while (!stop.load(std::memory_order_relaxed)) {
        work();
        done.fetch_add(1, std::memory_order_relaxed);
      }
    });
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (std::thread& thread : running) thread.join();
  return static_cast<double>(done) / std::chrono::duration<double>(Clock::now() - started).count();
}

void measure_writes(KeyStore& store, unsigned threads, double seconds) {
  const auto report = [&](const char* what, const std::function<void()>& work, double operations) {
    const std::uint64_t before = store.head().sequence;
    const double rate = per_second(threads, seconds, work) * operations;
    const auto commits = static_cast<double>(store.head().sequence - before);
    std::printf("%-22s %3u threads %10.0f /s %8.1f in a transaction\n", what, threads, rate,
                rate * seconds / commits);
  };
  report(
      "put",
      [&] {
        if (!wait([&](Done done) { store.put_pending(make_record(store, now()), done); }))
          std::abort();
      },
      1);
  report(
      "put and bind",
      [&] {
        const ItemRecord record = make_record(store, now());
        const Id key = record.sealed.key;
        const auto bind = [&](Done done) {
          store.bind(key, make_binding(key), ItemState::kBound, true, record.created, done);
        };
        if (!wait([&](Done done) { store.put_pending(record, done); }) || !wait(bind)) std::abort();
      },
      2);
}

void measure_reads(KeyStore& store, double seconds) {
  const auto records = store.scan(Id{}, 1000, {});
  if (!records || records->empty()) std::abort();
  std::atomic<std::size_t> next{0};
  const auto pick = [&]() -> const ItemRecord& { return (*records)[next++ % records->size()]; };
  const double find = per_second(1, seconds, [&] {
    if (!store.find(pick().sealed.key)) std::abort();
  });
  const double unlock = per_second(1, seconds, [&] {
    if (!store.unlock(pick().sealed)) std::abort();
  });
  std::printf("%-22s %3u thread  %10.0f /s\n", "find", 1U, find);
  std::printf("%-22s %3u thread  %10.0f /s\n", "unlock", 1U, unlock);
}

// The whole set, or only the writes of so many threads.
int run(const std::string& directory, double seconds, unsigned threads) {
  {
    const auto store = make_store(directory);
    if (threads > 0) {
      measure_writes(*store, threads, seconds);
      return 0;
    }
    for (const unsigned some : {1U, 8U, 32U, 64U}) measure_writes(*store, some, seconds);
    measure_reads(*store, seconds);
    std::printf("%-22s %lu\n", "records", static_cast<unsigned long>(store->item_count()));
  }
  const StoreParams params = store_params(directory);
  const auto started = Clock::now();
  const auto again = KeyStore::open(params, store_key_file(directory));
  const auto bytes = std::filesystem::file_size(params.directory + "/items/data.mdb");
  std::printf("%-22s %.2f s for %.1f MB\n", "check and open",
              std::chrono::duration<double>(Clock::now() - started).count(),
              static_cast<double>(bytes) / 1e6);
  return again ? 0 : 1;
}

}  // namespace
}  // namespace kerros::keystore

int main(int argc, char** argv) {
  kerros::crypto::start();
  const std::string base = argc > 1 ? argv[1] : ".";
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  const std::string directory = base + "/bench-keystore-" + std::to_string(::getpid());
  std::filesystem::create_directories(directory);
  const auto threads = argc > 3 ? static_cast<unsigned>(std::atoi(argv[3])) : 0U;
  const int code = kerros::keystore::run(directory, seconds, threads);
  std::filesystem::remove_all(directory);
  return code;
}
