// What one (re)load of the configuration says about the doors of workstations that know nothing of
// Kerros: who may come, where connections go, and who signs for the hosts that are opened.
//
// Thread safety: immutable but for the certificates made, which are locked. Lifetime: shared by
// the snapshot; contexts made here live on in their streams.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/config.h"
#include "gateway/proxy/interception.h"
#include "gateway/proxy/users.h"
#include "gateway/tls/leaf_certificates.h"

namespace kerros::io {

struct ProxySide {
  proxy::Rules rules;
  std::vector<proxy::Network> networks;  // of clients
  std::optional<proxy::Users> users;     // nullopt: networks alone decide
  std::string pac;
  mutable tls::LeafCertificates certificates;

  bool admits(const proxy::Address& client) const;
  bool intercepts(std::string_view host) const;

  // Errors say which file will not do. `config` has a proxy that is on.
  static Result<std::shared_ptr<const ProxySide>> make(const Config& config);
};

}  // namespace kerros::io
