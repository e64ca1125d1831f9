// Everything that was received: heads and digests in memory and in DIR/received.log, bodies (when
// asked for) in DIR/received.bodies, so that tests can search it for what should never have
// arrived.
//
// Thread safety: any thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace kerros::sandbox {

class ReceivedLog {
 public:
  ReceivedLog(const std::filesystem::path& dir, bool record_bodies);

  std::uint64_t next_number();
  void add(nlohmann::ordered_json entry);
  nlohmann::ordered_json since(std::uint64_t seq) const;
  void clear();  // what is in memory; the files stay

  bool records_bodies() const { return bodies_ != nullptr; }
  // `tail` holds the last bytes recorded for the same request: they are repeated when another
  // request wrote in between, so that no searched-for window is torn in two.
  void add_body(std::uint64_t request, std::string_view bytes, std::string& tail);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Closer>;

  mutable std::mutex mutex_;
  File heads_;
  File bodies_;
  std::deque<nlohmann::ordered_json> entries_;
  std::uint64_t seq_ = 0;
  std::uint64_t last_writer_ = 0;
};

}  // namespace kerros::sandbox
