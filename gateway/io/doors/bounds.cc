#include "gateway/io/doors/bounds.h"

#include <algorithm>
#include <utility>

namespace kerros::io {

namespace {

constexpr std::uint64_t kMinuteMs = 60'000;

bool is_v4(const proxy::Address& address) {
  const auto mapped = address.begin() + 10;
  return std::all_of(address.begin(), mapped, [](auto byte) { return byte == 0; }) &&
         mapped[0] == 0xff && mapped[1] == 0xff;
}

}  // namespace

proxy::Address client_of(proxy::Address address) {
  if (!is_v4(address)) std::fill(address.begin() + 8, address.end(), std::uint8_t{0});
  return address;
}

std::optional<std::uint64_t> RefusalBudget::take(const proxy::Address& client,
                                                 std::uint64_t now_ms) {
  const std::lock_guard lock(mutex_);
  if (const std::uint64_t minute = now_ms / kMinuteMs; minute != minute_) {
    minute_ = minute;
    recorded_by_all_ = 0;
    recorded_.clear();
  }
  const auto found = recorded_.find(client);
  const std::uint64_t own = found == recorded_.end() ? 0 : found->second;
  if (own >= of_one_ || recorded_by_all_ >= of_all_) {
    ++untold_;
    return std::nullopt;
  }
  ++recorded_[client];
  ++recorded_by_all_;
  return std::exchange(untold_, 0);
}

std::uint64_t RefusalBudget::take_untold() {
  const std::lock_guard lock(mutex_);
  return std::exchange(untold_, 0);
}

TunnelShares::Answer TunnelShares::take(const proxy::Address& client, std::uint64_t of_one,
                                        std::uint64_t of_all) {
  const std::lock_guard lock(mutex_);
  if (all_ >= of_all) return Answer::kNoneLeft;
  const auto found = open_.find(client);
  if (found != open_.end() && found->second >= of_one) return Answer::kClientHasAll;
  ++open_[client];
  ++all_;
  return Answer::kYes;
}

void TunnelShares::give(const proxy::Address& client) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(client);
  if (--found->second == 0) open_.erase(found);
  --all_;
}

std::uint64_t most_tunnels(const Config& config) {
  const std::uint64_t connections = config.limits.connections;
  return std::min(config.proxy.tunnels, connections - connections / 4);
}

std::uint64_t most_tunnels_of_one(const Config& config) {
  return std::max<std::uint64_t>(1, most_tunnels(config) / 4);
}

}  // namespace kerros::io
