// A log in a directory of its own, a clock that stands still, and verbs for what may happen to it.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gateway/audit/log.h"

namespace kerros::audit::testing {

inline constexpr std::uint64_t kNoon = 1'795'262'400'000;  // 2026-11-21T12:00:00Z
inline constexpr std::uint64_t kDay = 86'400'000;
inline constexpr const char* kOrigin = "kerros.test/log";

Keys test_keys();
Record upload_intent(const std::string& target = "drive-1/report.docx");
Record upload_done(std::uint64_t intent);

class TestDirectory {  // removed with all that is in it
 public:
  TestDirectory();
  ~TestDirectory();
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// What a log sees of the world outside; outlives every opening.
struct World {
  std::atomic<std::uint64_t> now_ms = kNoon;
  std::atomic<std::uint64_t> store_sequence = 7;
  std::vector<std::uint64_t> live_intents;
};

Result<std::unique_ptr<Log>> try_open(const std::string& directory, World& world);
std::unique_ptr<Log> open_log(const std::string& directory, World& world);  // must succeed
// `count` uploads, each an intent and its outcome.
void append_uploads(Log& log, int count);

Bytes read_file(const std::string& path);
void write_file(const std::string& path, ByteView bytes);
void flip_bit(const std::string& path, std::uint64_t byte, int bit = 0);
std::vector<std::string> files_below(const std::string& directory);  // relative, in order
void copy_directory(const std::string& from, const std::string& to);

}  // namespace kerros::audit::testing
