// Moving every record to a new version of its unit's key, beside LMDB alone doing the same to bytes
// of the same size: bench_rewrap [DIRECTORY] [RECORDS]
//
// Prints records for each second of CPU of the whole process and of the clock; and how long small
// uploads (put, bind) wait while nothing else happens, and while the rewrap runs.
#include <lmdb.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
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

constexpr std::size_t kSlice = 512;        // records of one transaction, as the store moves them
constexpr std::size_t kRecordBytes = 720;  // about what a record of this benchmark takes

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// What `work` did, for each second of CPU and of the clock.
void measure(const char* what, const std::function<std::uint64_t()>& work) {
  const double cpu = cpu_seconds();
  const auto began = Clock::now();
  const auto count = static_cast<double>(work());
  const double wall = std::chrono::duration<double>(Clock::now() - began).count();
  std::printf("%-34s %10.0f /CPU-s %10.0f /s %10.0f records\n", what, count / (cpu_seconds() - cpu),
              count / wall, count);
}

std::uint64_t rewrap_all(KeyStore& store) {
  RewrapParams params;
  params.most = kSlice;
  std::uint64_t moved = 0;
  for (bool complete = false; !complete;) {
    const auto step = store.rewrap(params);
    must(step.has_value(), "rewrap");
    moved += step->moved;
    params.after = step->last;
    complete = step->complete;
  }
  return moved;
}

void rotate(KeyStore& store) {
  const auto made = store.make_version(store.unit_keys().at(0).unit, 1'800'000'000'000);
  must(made && store.set_key_state(id_of(*made), KeyState::kActive), "rotate");
}

// One small upload after the other until told to stop; prints the middle and the slow end.
void upload_until(KeyStore& store, const std::atomic<bool>& stop, const char* when) {
  std::vector<double> waits;
  while (!stop) {
    const ItemRecord record = make_record(store, 1'800'000'000'000);
    const auto began = Clock::now();
    std::promise<void> bound;
    store.put_pending(record, [](const Status& ok) { must(ok.has_value(), "put"); });
    const Id key = record.sealed.key;
    store.bind(key, make_binding(key), ItemState::kBound, true, record.created,
               [&](const Status& ok) {
                 must(ok.has_value(), "bind");
                 bound.set_value();
               });
    bound.get_future().get();
    waits.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::sort(waits.begin(), waits.end());
  const auto at = [&](double part) {
    return waits[static_cast<std::size_t>(part * static_cast<double>(waits.size() - 1))];
  };
  std::printf("%-34s %10.2f ms p50 %10.2f ms p99 %9zu uploads\n", when, at(0.5), at(0.99),
              waits.size());
}

// While `work` runs, somebody uploads.
void upload_beside(KeyStore& store, const char* when, const std::function<void()>& work) {
  std::atomic<bool> stop{false};
  std::thread uploads([&] { upload_until(store, stop, when); });
  work();
  stop = true;
  uploads.join();
}

// LMDB alone: every value read, every byte of it changed, written back; as many in a transaction,
// and each transaction synced.
std::uint64_t read_modify_write(const std::string& directory, std::uint64_t records, bool filling) {
  std::filesystem::create_directories(directory);
  MDB_env* env = nullptr;
  MDB_dbi dbi = 0;
  must(mdb_env_create(&env) == 0 && mdb_env_set_mapsize(env, std::size_t{8} << 30) == 0 &&
           mdb_env_open(env, directory.c_str(), 0, 0600) == 0,
       "LMDB");
  Bytes value(kRecordBytes, 1);
  for (std::uint64_t at = 0; at < records;) {
    MDB_txn* txn = nullptr;
    must(mdb_txn_begin(env, nullptr, 0, &txn) == 0 && mdb_dbi_open(txn, nullptr, 0, &dbi) == 0,
         "LMDB");
    for (std::size_t i = 0; i < kSlice && at < records; ++i, ++at) {
      Id id{};
      store_be(MutableByteView(id).first(8), at);
      MDB_val key{id.size(), id.data()};
      if (!filling) {
        MDB_val stored{};
        must(mdb_get(txn, dbi, &key, &stored) == 0, "LMDB");
        const auto* bytes = static_cast<const std::uint8_t*>(stored.mv_data);
        std::transform(bytes, bytes + stored.mv_size, value.begin(),
                       [](std::uint8_t byte) { return static_cast<std::uint8_t>(~byte); });
      }
      MDB_val data{value.size(), value.data()};
      must(mdb_put(txn, dbi, &key, &data, 0) == 0, "LMDB");
    }
    must(mdb_txn_commit(txn) == 0, "LMDB");
  }
  mdb_env_close(env);
  return records;
}

int run(const std::string& directory, std::uint64_t records) {
  const auto store = make_store(directory);
  fill(*store, records);
  rotate(*store);
  measure("rewrap", [&] { return rewrap_all(*store); });
  measure("nothing left to move", [&] {
    rewrap_all(*store);
    return records;
  });
  read_modify_write(directory + "/raw", records, true);
  measure("LMDB alone, read, modify, write",
          [&] { return read_modify_write(directory + "/raw", records, false); });
  upload_beside(*store, "small upload, alone",
                [] { std::this_thread::sleep_for(std::chrono::seconds(3)); });
  rotate(*store);
  upload_beside(*store, "small upload, beside a rewrap", [&] { rewrap_all(*store); });
  return 0;
}

}  // namespace
}  // namespace kerros::keystore

int main(int argc, char** argv) {
  kerros::crypto::start();
  const std::string base = argc > 1 ? argv[1] : ".";
  const std::uint64_t records = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 200'000;
  const std::string directory = base + "/bench-rewrap-" + std::to_string(::getpid());
  std::filesystem::create_directories(directory);
  const int code = kerros::keystore::run(directory, records);
  std::filesystem::remove_all(directory);
  return code;
}
