// The small JSON bodies of writing: upload sessions, new children, changes of an item.
//
// Request bodies with a key given twice are refused: two readers could disagree about them.
// Thread safety: pure functions. Errors: kMalformed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace kerros::graph {

// Members of a createUploadSession request body that the gateway must know or change.
struct SessionRequest {
  std::optional<std::uint64_t> file_size;
  std::string name;  // item.name; some clients put what belongs into the item beside it
  std::string conflict_behavior;
  bool names_source = false;       // a sourceUrl in either spelling, of any type, anywhere: refuse
  bool describes_content = false;  // a size or hash beside fileSize: nothing that can be rewritten
  bool defer_commit = false;
};
Result<SessionRequest> read_session_request(std::string_view json);  // empty text: all defaults
// The same octets with every fileSize replaced by the sealed size.
Result<std::string> rewrite_session_request(std::string_view json, std::uint64_t sealed_size);

// Members of upstream's createUploadSession and fragment answers.
struct SessionAnswer {
  std::string upload_url;
  std::string expiration;  // as sent
  std::vector<std::string> next_expected_ranges;
};
Result<SessionAnswer> read_session_answer(std::string_view json);
// uploadUrl and nextExpectedRanges spliced, all occurrences; nextExpectedRanges is added when
// upstream left it out, uploadUrl never is. @odata.context and other links go through rewrite().
Result<std::string> rewrite_session_answer(std::string_view json, std::string_view upload_url,
                                           std::string_view next_range);

// PUT item with a source: the last step of a session whose own commit was refused or deferred.
struct CommitRequest {
  std::string name;        // empty: the one in the address
  std::string source_url;  // the uploadUrl that the client holds
};
// kMalformed also for a body without a source, with two different ones or one that is nested, or
// with content or what describes it.
Result<CommitRequest> read_commit_request(std::string_view json);
// The same octets with every source replaced.
Result<std::string> rewrite_commit_request(std::string_view json, std::string_view upload_url);

// Body of POST children or PATCH item, as far as it decides anything.
struct ItemRequest {
  std::string name;
  std::string conflict_behavior;
  std::string parent_drive_id;  // parentReference of a move
  std::string parent_id;
  std::string parent_path;
  bool is_folder = false;        // has a folder facet
  bool carries_content = false;  // has file, content or a sourceUrl in either spelling: refuse
};
Result<ItemRequest> read_item_request(std::string_view json);

// A request body that is passed on without being read: nothing, or JSON that has one meaning. No
// byte order mark, no key twice in one object, UTF-8, not deeper than JsonText::kMostDepth.
Status check_request(std::string_view json);

// Whether a body says nothing at all: blanks, or an object without members.
bool is_empty_request(std::string_view json);

}  // namespace kerros::graph
