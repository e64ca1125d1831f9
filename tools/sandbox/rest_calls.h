// SharePoint REST: what a chain of calls names, and what can be done to it.
//
// Thread safety: as the exchange.
#pragma once

#include <span>

#include "tools/sandbox/office_call.h"
#include "tools/sandbox/rest_target.h"

namespace kerros::sandbox {

using RestSteps = std::span<const RestStep>;

Reply on_file(OfficeCall& call, const ServerPlace& place, RestSteps rest);    // rest_files.cc
Reply on_folder(OfficeCall& call, const ServerPlace& place, RestSteps rest);  // rest_folders.cc

// POST, PUT, MERGE and DELETE by callers who are known by a password alone bring a digest that was
// issued here; whoever brings one brings a good one. Throws Refusal 403.
void check_digest(const OfficeCall& call);
Reply context_info(OfficeCall& call);

bool is_true(const std::optional<std::string>& argument);

}  // namespace kerros::sandbox
