#include "tests/audit/audit_fixture.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "crypto/check.h"

namespace kerros::audit::testing {
namespace {

namespace fs = std::filesystem;

crypto::SecretBytes key_of(std::uint8_t value) {
  return crypto::SecretBytes::copy_of(Bytes(32, value)).value();
}

}  // namespace

Keys test_keys() { return {key_of(1), key_of(2), key_of(3)}; }

Record upload_intent(const std::string& target) {
  return {kNoon,
          Event::kUploadIntent,
          "ada@school.example",
          "graph-token (claimed)",
          "192.0.2.7",
          target,
          "intent",
          0,
          {{"key", "0123456789abcdef"}}};
}

Record upload_done(std::uint64_t intent) {
  Record record = upload_intent();
  record.event = Event::kUploadDone;
  record.right = "graph-token (proven)";
  record.status = "done: bound";
  record.intent = intent;
  return record;
}

TestDirectory::TestDirectory() {
  // In memory where there is such a place: thousands of syncs, and none of them is the point.
  const fs::path parent = fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
  std::string name = (parent / "kerros-audit-XXXXXX").string();
  KERROS_CHECK(::mkdtemp(name.data()) != nullptr, "tests need a directory");
  path_ = name;
}

TestDirectory::~TestDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Result<std::unique_ptr<Log>> try_open(const std::string& directory, World& world) {
  LogParams params;
  params.directory = directory;
  params.origin = kOrigin;
  params.store_mark = [&world] {
    StoreMark mark{world.store_sequence, {}};
    mark.set_hash[0] = static_cast<std::uint8_t>(mark.sequence);
    return mark;
  };
  params.now_ms = [&world] { return world.now_ms.load(); };
  params.live_intents = world.live_intents;
  return Log::open(std::move(params), test_keys());
}

std::unique_ptr<Log> open_log(const std::string& directory, World& world) {
  auto log = try_open(directory, world);
  if (!log) std::fprintf(stderr, "open: %s\n", log.error().detail.c_str());
  KERROS_CHECK(log.has_value(), "the test expects a sound log");
  return std::move(*log);
}

void append_uploads(Log& log, int count) {
  for (int i = 0; i < count; ++i) {
    const auto intent = log.append_and_wait(upload_intent());
    KERROS_CHECK(intent && log.append_and_wait(upload_done(*intent)), "the disk takes it");
  }
}

Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  KERROS_CHECK(file.good(), "the test names a file that is there");
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void write_file(const std::string& path, ByteView bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  KERROS_CHECK(file.good(), "tests can write their files");
}

void flip_bit(const std::string& path, std::uint64_t byte, int bit) {
  Bytes bytes = read_file(path);
  bytes.at(byte) = static_cast<std::uint8_t>(bytes.at(byte) ^ (1U << bit));
  write_file(path, bytes);
}

std::vector<std::string> files_below(const std::string& directory) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), directory).string());
  std::sort(files.begin(), files.end());
  return files;
}

void copy_directory(const std::string& from, const std::string& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

}  // namespace kerros::audit::testing
