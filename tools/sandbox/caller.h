// Who asks, and what they may reach.
//
// Thread safety: values; access checks need the store's lock.
#pragma once

#include <string>

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

struct Caller {
  std::string oid;
  std::string upn;           // empty for an application
  std::string app;           // the client application's id
  std::string audience;      // the service that the token was issued for
  bool application = false;  // client_credentials: reaches every drive
  bool by_password = false;  // Basic: such callers prove their writes by REST with a digest
};

// From the Bearer token. Throws Refusal 401 unless it is ours and still good.
Caller identify(Exchange& exchange);
// At the tenant hosts: by Bearer token of this very host, or by a name and any password, as file
// managers ask for one. Throws Refusal 401.
Caller identify_on_tenant(Exchange& exchange);
bool may_reach(const Caller& caller, const Drive& drive);

}  // namespace kerros::sandbox
