#include "tools/sandbox/monitors.h"

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/ids.h"

namespace kerros::sandbox {

std::string Monitors::add(Monitor monitor) {
  constexpr std::size_t kIdBytes = 24;
  const std::string id = "4A" + base64url(random_bytes(kIdBytes));
  const std::scoped_lock lock(mutex_);
  monitors_.emplace(id, std::move(monitor));
  return id;
}

std::optional<Monitor> Monitors::ask(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = monitors_.find(id);
  if (found == monitors_.end()) return std::nullopt;
  ++found->second.asked;
  return found->second;
}

}  // namespace kerros::sandbox
