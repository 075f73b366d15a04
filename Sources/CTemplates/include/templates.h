#ifndef ADR_TEMPLATES_H
#define ADR_TEMPLATES_H
#endif
