// Cuts a decoded path of a SharePoint host into words.
//
//   /sites/x/_api/web/GetFolderByServerRelativeUrl('/sites/x/D')/Files/add(url=@u,overwrite=true)
//   |sites|x|_api|web|getfolderbyserverrelativeurl: /sites/x/D  |files|add: the value of @u
//
// Words compare without case there, so they come in lower case. Only behind "_api" do parentheses
// mean a call; in front of it, and in the path of a file, they are part of a name.
// Thread safety: pure functions. Errors: kMalformed with the form in the detail.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/graph/target.h"

namespace kerros::sharepoint {

struct Word {
  std::string name;  // lower case, without arguments
  // The first text among the arguments: quotes undoubled, an alias replaced by its value.
  std::optional<std::string> argument;
  std::size_t end = 0;  // octets of the decoded path up to here

  bool operator==(std::string_view other) const { return name == other; }
};

std::string in_lower_case(std::string_view text);

// The name of a folder or file. Refuses "", dot segments and outer blanks or final dots, which
// Windows drops.
Result<Word> plain_word(std::string_view name);

// What follows "_api" in `path` from octet `begin` on, which is a '/' or the end.
Result<std::vector<Word>> call_words(std::string_view path, std::size_t begin,
                                     const std::vector<graph::QueryOption>& options);

}  // namespace kerros::sharepoint
