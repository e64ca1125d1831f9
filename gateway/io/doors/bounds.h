// What the doors of workstations grant one client and all of them together: places on the audit log
// for what they were refused, and tunnels. Nobody can fill the log or take every connection.
//
// Thread safety: from any thread. Lifetime: one for all workers; outlives their connections.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "gateway/config.h"
#include "gateway/proxy/network.h"

namespace kerros::io {

// Who shares one client's part: an IPv4 address, or the 64 bits of an IPv6 address that are its
// network, since every host has the rest to itself.
proxy::Address client_of(proxy::Address address);

// So many records a minute for each client and for all; the rest is counted.
class RefusalBudget {
 public:
  RefusalBudget(std::uint64_t of_one, std::uint64_t of_all) : of_one_(of_one), of_all_(of_all) {}

  // How many went without a record since the last one, when this one may have one; else it is one
  // more of them.
  std::optional<std::uint64_t> take(const proxy::Address& client, std::uint64_t now_ms);
  // Those that no record has told yet; asked once, at the end.
  std::uint64_t take_untold();

 private:
  const std::uint64_t of_one_;
  const std::uint64_t of_all_;
  std::mutex mutex_;
  std::map<proxy::Address, std::uint64_t> recorded_;  // in this minute: of_all_ entries at most
  std::uint64_t recorded_by_all_ = 0;
  std::uint64_t minute_ = 0;
  std::uint64_t untold_ = 0;
};

// Tunnels that are open, by client.
class TunnelShares {
 public:
  enum class Answer : std::uint8_t { kYes, kClientHasAll, kNoneLeft };

  Answer take(const proxy::Address& client, std::uint64_t of_one, std::uint64_t of_all);
  void give(const proxy::Address& client);

 private:
  std::mutex mutex_;
  std::map<proxy::Address, std::uint64_t> open_;
  std::uint64_t all_ = 0;
};

// proxy.tunnels, but never the last quarter of limits.connections: it stays for the other doors.
std::uint64_t most_tunnels(const Config& config);
// A quarter of those for one client.
std::uint64_t most_tunnels_of_one(const Config& config);

struct DoorBounds {
  // Two, so that those who may not come cannot keep what clients do off the record.
  RefusalBudget strangers{2, 20};
  RefusalBudget clients{20, 60};
  TunnelShares tunnels;
};

}  // namespace kerros::io
