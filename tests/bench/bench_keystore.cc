// Durable writes and reads of a key store on a real disk: bench_keystore [DIRECTORY] [SECONDS]
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

#include "crypto/hkdf.h"
#include "crypto/random.h"
#include "keystore/key_store.h"

namespace kerros::keystore {
namespace {

using Clock = std::chrono::steady_clock;

Result<crypto::Commitment> any_commitment(const crypto::Header&, const crypto::Salt& salt,
                                          ByteView) {
  return crypto::sha256(salt);
}

Status wait(const std::function<void(Done)>& verb) {
  std::promise<Status> answer;
  verb([&](Status status) { answer.set_value(std::move(status)); });
  return answer.get_future().get();
}

ItemRecord make_record(KeyStore& store) {
  NewKeyParams wanted;
  wanted.unit = store.unit_keys().at(0).unit;
  wanted.now = static_cast<UnixMillis>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                           std::chrono::system_clock::now().time_since_epoch())
                                           .count());
  auto made = store.make_key(wanted, any_commitment);
  if (!made) std::abort();
  ItemRecord record;
  record.sealed = made->sealed;
  record.item_class = "confidential";
  record.created_by = "ada.lovelace@example.org";
  record.created = wanted.now;
  return record;
}

Binding make_binding(const Id& key) {
  Binding binding;
  binding.drive_id = "b!yL7n0xkZr0u8mJ3hVtq0Qw5sXbd2fXtKq0mVJ1rN8kE";
  binding.item_id = to_hex(key);
  binding.ctag = binding.etag = "\"c:{A1B2C3D4-0000-1111-2222-333344445555},1\"";
  binding.name = "quarterly report.docx";
  binding.path = "/drives/b!yL7n/root:/Salassa/2026";
  return binding;
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
        if (!wait([&](Done done) { store.put_pending(make_record(store), done); })) std::abort();
      },
      1);
  report(
      "put and bind",
      [&] {
        const ItemRecord record = make_record(store);
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

int run(const std::string& directory, double seconds) {
  const std::string key_file = directory + "/root.key";
  StoreParams params;
  params.directory = directory + "/store";
  params.sessions_directory = directory + "/sessions";
  if (!create_key_file(key_file) ||
      !KeyStore::create({params.directory, "bench", KeyFile{key_file}, 0}))
    return 1;
  {
    auto store = KeyStore::open(params, KeyFile{key_file});
    if (!store) return 1;
    for (const unsigned threads : {1U, 8U, 32U, 64U}) measure_writes(**store, threads, seconds);
    measure_reads(**store, seconds);
    std::printf("%-22s %lu\n", "records", static_cast<unsigned long>((*store)->item_count()));
  }
  const auto started = Clock::now();
  const auto again = KeyStore::open(params, KeyFile{key_file});
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
  const int code = kerros::keystore::run(directory, seconds);
  std::filesystem::remove_all(directory);
  return code;
}
