// The route table of the hosts beside Graph: SharePoint's own interfaces, WebDAV, the protocols of
// Office and of the sync client, web pages, and the hosts of media and migration.
//
// Patterns are paths in lower case. "*" in a word stands for any characters of it, "**" for any
// number of words; a final "?option" asks that the query holds it. The first row that matches
// decides, and what no row matches is refused. Rows that let something pass end in the very word
// that is called, so that nothing can follow it.
// Thread safety: constants.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "gateway/sharepoint/hosts.h"

namespace kerros::sharepoint {

enum class Treatment : std::uint8_t {
  kDriveApi,  // the drive API under another front: the rows of Graph decide
  kPass,      // holds no content, or ciphertext that stays sealed
  kOpen,      // the stream of one file: opened when it was sealed here
  kRefuse,    // would carry content past the sealing, or needs the plaintext
};
std::string_view name(Treatment treatment);

struct TenantRow {
  std::string_view verb;  // "GET", "PROPFIND"; "*" for every verb
  HostKind host;
  std::string_view pattern;
  Treatment treatment;        // in a protected place
  std::string_view channel;   // "rest-upload", "webdav": for logs
  std::string_view sentence;  // what happens when the item is protected, in a few words
};
std::span<const TenantRow> tenant_table();

}  // namespace kerros::sharepoint
