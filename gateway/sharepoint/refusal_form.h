// A refusal in the form that each protocol of the tenant's hosts shows to people.
//
// SharePoint REST reads JSON or XML, as Accept says; CSOM an array; SOAP a fault; WebDAV an
// error element. Everything else gets plain text.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/sharepoint/classify_tenant.h"

namespace kerros::sharepoint {

enum class RefusalForm : std::uint8_t {
  kRestJson,
  kRestVerbose,
  kRestXml,
  kCsom,
  kSoap,
  kWebdav,
  kText
};

RefusalForm refusal_form(const TenantRoute& route, const graph::Fields& request);

struct FormedRefusal {
  std::string content_type;
  std::string body;
  std::string reason;  // of the status line: all that WebDAV clients show; empty: the usual
};
// `sentence` is one of ours; `request_id` helps an administrator to find it in the log.
FormedRefusal form_refusal(RefusalForm form, unsigned status, std::string_view sentence,
                           std::string_view request_id);

}  // namespace kerros::sharepoint
