// Whether an item that turns up in the cloud is the one that a copy or a move was asked to make.
//
// Drive, folder and name must agree. Upstream may have told its id, which proves nothing by itself:
// it narrows what is expected, and stands alone only where no place is told. Names agree without
// case, and also when the service has put a number behind the stem, as it does where the name was
// taken ("report 1.docx").
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace kerros::policy {

struct ExpectedItem {
  std::string_view drive_id;
  std::string_view item_id;  // empty: not told yet
  std::string_view parent;   // "/A/B" from the drive's root, "/" for the root; empty: any folder
  std::string_view name;     // empty: any name
};

struct FoundPlace {
  std::string_view drive_id;
  std::string_view item_id;
  std::string_view path;  // "/A/B/name" from the drive's root; empty: not told
};

bool is_expected(const ExpectedItem& expected, const FoundPlace& found);

// Whether it is the very place that was named, for an item that was there before and may be
// replaced: the service numbers a name only where it does not replace, so that no number counts
// here, and a folder must have been named.
bool is_named_place(const ExpectedItem& expected, const FoundPlace& found);

// "/A/B/name" -> "/A/B", "/name" -> "/".
std::string_view parent_of(std::string_view path);
std::string_view name_of(std::string_view path);

}  // namespace kerros::policy
