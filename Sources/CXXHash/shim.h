// xxHash for Swift.
#pragma once
#include <xxhash.h>
