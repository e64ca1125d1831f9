// The address of a SharePoint REST call: a chain of names, some with arguments.
//
//   web/GetFolderByServerRelativeUrl('/sites/x/Docs')/Files/add(url=@u,overwrite=true)?@u='a.txt'
//
// Names of calls and arguments compare without case; quotes are doubled inside texts; an alias
// stands for the option of its name. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/query.h"

namespace kerros::sandbox {

struct RestStep {
  struct Argument {
    std::string name;   // lower case; empty: told by position
    std::string value;  // texts without their quotes, guids without guid'...'
  };
  std::string name;  // lower case
  std::vector<Argument> arguments;

  // By its name, else the first one without a name.
  std::optional<std::string> argument(std::string_view name) const;
};

// `path` is as received. Throws Refusal 400 on what no grammar covers.
std::vector<RestStep> parse_rest(std::string_view path, const Query& query);

}  // namespace kerros::sandbox
