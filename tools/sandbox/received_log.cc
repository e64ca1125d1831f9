#include "tools/sandbox/received_log.h"

#include <algorithm>
#include <stdexcept>

namespace kerros::sandbox {
namespace {

constexpr std::size_t kKeptEntries = 200'000;
constexpr std::size_t kTail = 256;

std::FILE* open_for_append(const std::filesystem::path& path) {
  std::FILE* file = std::fopen(path.c_str(), "ab");
  if (file == nullptr) throw std::runtime_error("cannot write " + path.string());
  return file;
}

}  // namespace

ReceivedLog::ReceivedLog(const std::filesystem::path& dir, bool record_bodies)
    : heads_(open_for_append(dir / "received.log")),
      bodies_(record_bodies ? open_for_append(dir / "received.bodies") : nullptr) {}

std::uint64_t ReceivedLog::next_number() {
  const std::scoped_lock lock(mutex_);
  return ++seq_;
}

void ReceivedLog::add(nlohmann::ordered_json entry) {
  const std::string line =
      entry.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  const std::scoped_lock lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), heads_.get());
  std::fflush(heads_.get());
  entries_.push_back(std::move(entry));
  if (entries_.size() > kKeptEntries) entries_.pop_front();
}

nlohmann::ordered_json ReceivedLog::since(std::uint64_t seq) const {
  const std::scoped_lock lock(mutex_);
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const auto& entry : entries_) {
    if (entry.at("seq").get<std::uint64_t>() > seq) out.push_back(entry);
  }
  return out;
}

void ReceivedLog::clear() {
  const std::scoped_lock lock(mutex_);
  entries_.clear();
}

void ReceivedLog::add_body(std::uint64_t request, std::string_view bytes, std::string& tail) {
  {
    const std::scoped_lock lock(mutex_);
    if (last_writer_ != request) std::fwrite(tail.data(), 1, tail.size(), bodies_.get());
    last_writer_ = request;
    std::fwrite(bytes.data(), 1, bytes.size(), bodies_.get());
    std::fflush(bodies_.get());
  }
  tail.append(bytes.substr(bytes.size() - std::min(bytes.size(), kTail)));
  if (tail.size() > kTail) tail.erase(0, tail.size() - kTail);
}

}  // namespace kerros::sandbox
