// The verb that upstream would act on: the method of the request line, or the one that a field puts
// in its place.
//
// A field we pass over could turn a harmless POST into a PUT behind our back, so anything but one
// clear statement fails.
// Thread safety: pure functions. Errors: kMalformed.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "gateway/graph/head.h"

namespace kerros::graph {

// The verb that a field asks for in the place of POST; nullopt when none does. `allowed` are those
// that may be asked for.
Result<std::optional<std::string_view>> tunnelled_verb(const RequestHead& head,
                                                       std::span<const std::string_view> allowed);
// As the drive API understands it: POST may stand for PUT, PATCH and DELETE.
Result<Method> effective_method(const RequestHead& head);

}  // namespace kerros::graph
