#pragma once
#ifdef __cplusplus
extern "C"
#endif
int cj_probe(void);
