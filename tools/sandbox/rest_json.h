// Answers of SharePoint REST: files and folders, in the three shapes that clients ask for.
//
// Accept says which: JSON without metadata, "odata=verbose" (everything within "d"), or nothing
// of JSON: an Atom entry. Thread safety: call under the store's lock.
#pragma once

#include "tools/sandbox/office_call.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {

Json rest_file(Store& store, const Item& item);
Json rest_folder(Store& store, Item& item);
Reply rest_reply(const OfficeCall& call, unsigned status, const Json& value);
Reply rest_list(const OfficeCall& call, const Json& values);
// Errors have a form of their own here.
Reply rest_error(Exchange& exchange, const Refusal& refusal);

}  // namespace kerros::sandbox
